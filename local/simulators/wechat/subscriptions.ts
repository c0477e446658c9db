/**
 * WeChat's subscription messages, simulated: who allows how many of which template, what reached whom, and what WeChat
 * tells the mini-program's server about it.
 *
 * Source: developers.weixin.qq.com, "发送订阅消息" and "订阅消息事件推送". `List` is an object for one and an array for several.
 */
import * as z from 'zod';
import type { Clock } from '../../../shared/ports/clock.ts';
import { SECOND_MS } from '../../../shared/schemas/base.ts';
import { Chances } from '../chances.ts';
import type { MessagePush } from './push.ts';
import { SIMULATED_TEMPLATES } from './templates.ts';

type Words = Readonly<Record<string, unknown>>;

/** No fault happens: every share is 0. */
export const NO_MESSAGE_FAULTS = {
  /** The message reaches the person, and the answer never comes. */
  answerLost: 0,
  /** The call never arrives. */
  requestLost: 0,
  /** The message reaches the person, and the answer comes later than anybody waits. */
  slow: 0,
  /** WeChat is busy: -1. */
  busy: 0,
  /** Too many calls: 45009. */
  tooMany: 0,
  /** A push about an answer is sent twice. */
  pushedTwice: 0,
};

/** What can go wrong with messages, by name. */
export type MessageFault = keyof typeof NO_MESSAGE_FAULTS;

/** One message that reached somebody. */
export interface ReachedRecord {
  readonly openid: string;
  readonly templateId: string;
  readonly page: string;
  readonly data: Readonly<Record<string, string>>;
  readonly number: string;
  readonly atMs: number;
}

/** What somebody says of a template in the dialogue. */
export type SubscribeAnswer = 'accept' | 'reject';

/** What messages are made of. */
export interface SubscriptionsOptions {
  readonly clock: Clock;
  readonly random: () => number;
}

const Sent = z.strictObject({
  touser: z.string(),
  template_id: z.string(),
  page: z.string().optional(),
  miniprogram_state: z.enum(['formal', 'trial', 'developer']).optional(),
  lang: z.string().optional(),
  data: z.record(z.string(), z.strictObject({ value: z.string() })),
});

const PAGE = /^[A-Za-z]+(\/[A-Za-z]+)+(\?[\x21-\x7e]*)?$/;
const CLOCK = '([01]?\\d|2[0-3]):[0-5]\\d';
const DAY = '\\d{4}年\\d{1,2}月\\d{1,2}日|\\d{4}-\\d{1,2}-\\d{1,2}';
const digits = (value: string) => value.replace(/\D/g, '').length;

/** What each type of field takes, by the platform's table. */
const TAKES: Readonly<Record<string, (value: string) => boolean>> = {
  thing: (value) => value.length <= 20,
  number: (value) => /^\d+(\.\d+)?$/.test(value) && digits(value) <= 32,
  character_string: (value) => /^[\x20-\x7e]{1,32}$/.test(value),
  time: (value) => new RegExp(`^((${DAY}) )?${CLOCK}(~((${DAY}) )?${CLOCK})?$`).test(value),
  date: (value) => new RegExp(`^(${DAY})( ${CLOCK})?$`).test(value),
  amount: (value) => /^[¥￥$€]?\d+(\.\d+)?元?$/.test(value) && digits(value) <= 10,
  phrase: (value) => /^[\u4e00-\u9fff]{1,5}$/.test(value),
  name: (value) => /^([\u4e00-\u9fff]{1,10}|[A-Za-z ]{1,20})$/.test(value),
};

const refusal = (errcode: number, errmsg: string): Words => ({ errcode, errmsg });
const one = <T>(items: readonly T[]) => (items.length === 1 ? items[0] : items);

/** The simulated messages of one mini-program. */
export class Subscriptions {
  readonly faults: Chances<MessageFault>;
  /** Everything that reached somebody, in order. It is the oracle. */
  readonly reached: ReachedRecord[] = [];
  /** The error codes of the next messages, whatever they contain. */
  readonly refusals: number[] = [];
  /** Pushes what happened; null in a mini-program without a push. */
  push: MessagePush | null = null;
  readonly #options: SubscriptionsOptions;
  readonly #left = new Map<string, number>();

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.faults = new Chances({ ...NO_MESSAGE_FAULTS }, options.random);
  }

  /** How many messages of a template somebody allows. */
  leftOf(openid: string, templateId: string): number {
    return this.#left.get(`${openid}:${templateId}`) ?? 0;
  }

  /** Somebody answers the dialogue. Each acceptance allows one message, also where it is given without asking. */
  answer(openid: string, answers: Readonly<Record<string, SubscribeAnswer>>): void {
    const said = Object.entries(answers).map(([TemplateId, SubscribeStatusString]) => {
      if (SubscribeStatusString === 'accept') this.#add(openid, TemplateId, 1);
      return { TemplateId, SubscribeStatusString, PopupScene: '0' };
    });
    this.#tell('subscribe_msg_popup_event', 'SubscribeMsgPopupEvent', openid, said);
  }

  /** Somebody switches a template off or on in WeChat's settings. Off ends what they had allowed. */
  change(openid: string, templateId: string, answer: SubscribeAnswer): void {
    if (answer === 'reject') this.#left.delete(`${openid}:${templateId}`);
    const said = [{ TemplateId: templateId, SubscribeStatusString: answer }];
    this.#tell('subscribe_msg_change_event', 'SubscribeMsgChangeEvent', openid, said);
  }

  /** `POST /cgi-bin/message/subscribe/send`; null when no answer comes. */
  send(body: unknown): Words | null {
    const { faults } = this;
    if (faults.happens('requestLost')) return null;
    if (faults.happens('busy')) return refusal(-1, 'system error');
    if (faults.happens('tooMany')) return refusal(45009, 'reach max api daily quota limit');
    const planted = this.refusals.shift();
    if (planted !== undefined) return refusal(planted, 'planted');
    const answer = this.#sent(body);
    const isHeard = !faults.happens('answerLost') && !faults.happens('slow');
    return isHeard ? answer : null;
  }

  #sent(body: unknown): Words {
    const asked = Sent.safeParse(body);
    if (!asked.success) return refusal(47003, 'argument invalid!');
    const { touser: openid, template_id: templateId, page = '', data } = asked.data;
    if (!/^o[\w-]{27}$/.test(openid)) return refusal(40003, 'invalid openid');
    const template = Object.values(SIMULATED_TEMPLATES).find(({ id }) => id === templateId);
    if (template === undefined) return refusal(40037, 'invalid template_id');
    if (page !== '' && !PAGE.test(page)) return refusal(41030, 'invalid page');
    for (const field of Object.keys(template.fields)) {
      const value = data[field]?.value ?? '';
      const takes = TAKES[field.replace(/\d+$/, '')];
      if (value === '' || takes?.(value) !== true)
        return refusal(47003, `argument invalid! data.${field}.value is invalid`);
    }
    if (this.leftOf(openid, templateId) === 0) return refusal(43101, 'user refuse to accept the msg');
    this.#add(openid, templateId, -1);
    const atMs = this.#options.clock.now();
    const number = String(2_794_188_253_000_000 + this.reached.length);
    const values = Object.fromEntries(Object.entries(data).map(([field, { value }]) => [field, value]));
    this.reached.push({ openid, templateId, page, data: values, number, atMs });
    const told = { TemplateId: templateId, MsgID: number, ErrorCode: '0', ErrorStatus: 'success' };
    this.#tell('subscribe_msg_sent_event', 'SubscribeMsgSentEvent', openid, [told]);
    return { errcode: 0, errmsg: 'ok', msgid: Number(number) };
  }

  #add(openid: string, templateId: string, count: number): void {
    this.#left.set(`${openid}:${templateId}`, this.leftOf(openid, templateId) + count);
  }

  /** Pushes a list. In XML it stands in an element of its own. */
  #tell(event: string, element: string, openid: string, items: readonly Words[]): void {
    const { push } = this;
    if (push === null) return;
    const head = { FromUserName: openid, CreateTime: Math.floor(this.#options.clock.now() / SECOND_MS) };
    const words = () => ({
      ...head,
      ...(push.format === 'json' ? { List: one(items) } : { [element]: { List: one(items) } }),
    });
    const told = { event, orderNumber: openid, words };
    push.tell(told, 0);
    if (this.faults.happens('pushedTwice')) push.tell(told, SECOND_MS);
  }
}
