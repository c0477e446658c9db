/**
 * Notices of simulated WeChat Pay: sealed, signed, and repeated by the official plan until they are answered with
 * success.
 */
import type { OutsideResponse, Send } from '../../../shared/adapters/http/request.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import { MINUTE_MS, SECOND_MS, type TimeMs } from '../../../shared/schemas/base.ts';
import type { Chances } from '../chances.ts';
import type { WechatPayFault } from './faults.ts';
import type { Signs } from './signers.ts';
import { probing, spoiled, type Wire } from './wire.ts';

/** Schedules a job, in simulated or real time. A job that fails is a bug of the simulator. */
export type Schedule = (delayMs: number, job: () => Promise<void>) => void;

/** What a delivery was. The merchant may believe only a genuine one. */
export type Delivery = 'genuine' | 'forged' | 'probe';

/** One delivery, and the status of its answer; null for no answer. */
export interface DeliveryRecord {
  readonly delivery: Delivery;
  readonly atMs: TimeMs;
  readonly status: number | null;
}

/** A notice and its deliveries. */
export interface NoticeRecord {
  readonly id: string;
  readonly kind: 'payment' | 'refund';
  readonly orderNumber: string;
  /** The transaction's id, or the merchant's refund number. */
  readonly about: string;
  /** Whether all its deliveries are lost. */
  readonly isLost: boolean;
  readonly deliveries: readonly DeliveryRecord[];
  isAnswered: boolean;
}

/** What a notice tells. */
export interface Told {
  readonly kind: 'payment' | 'refund';
  readonly eventType: string;
  readonly url: string;
  readonly orderNumber: string;
  readonly about: string;
  readonly words: Readonly<Record<string, unknown>>;
}

/** The pauses between tries, in seconds of real time. Source: pay.weixin.qq.com, "支付通知". */
const PLAN_SECONDS = [
  15,
  15,
  30,
  3 * 60,
  10 * 60,
  20 * 60,
  30 * 60,
  30 * 60,
  30 * 60,
  3_600,
  ...[3, 3, 3, 6, 6].map((hours) => hours * 3_600),
];
const ANSWER_WITHIN_MS = 5 * SECOND_MS;
const DELAY_MAX_MS = 20 * MINUTE_MS;
/** A duplicate comes about a second later, as if by another line. */
const DUPLICATE_AFTER_MS = SECOND_MS;

interface NoticesOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly random: () => number;
  readonly schedule: Schedule;
  readonly deliver: Send;
  readonly faults: Chances<WechatPayFault>;
  /** How many times faster than the real plan it runs. */
  readonly clockFactor: number;
  /** Read at each delivery: the kind of key that signs, and how far the clock is off, in milliseconds. */
  readonly manner: () => { readonly signs: Signs; readonly skewMs: number };
}

/** All notices so far. */
export class Notices {
  readonly records: NoticeRecord[] = [];
  readonly #options: NoticesOptions;

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** Starts to deliver a notice. */
  tell(told: Told): void {
    const { clock, faults, random, wire } = this.#options;
    const record = {
      id: `EV-${clock.now()}${wire.letters(6)}`,
      kind: told.kind,
      orderNumber: told.orderNumber,
      about: told.about,
      isLost: faults.happens('lose'),
      deliveries: [],
      isAnswered: false,
    };
    this.records.push(record);
    if (record.isLost) return;
    const body = this.#bodyOf(record.id, told);
    const delayMs = faults.happens('delay') ? random() * DELAY_MAX_MS : 0;
    this.#later(delayMs, () => this.#try(record, told.url, body, 0));
  }

  #later(delayMs: number, job: () => Promise<void>): void {
    this.#options.schedule(Math.round(delayMs / this.#options.clockFactor), job);
  }

  #bodyOf(id: string, { kind, eventType, words }: Told): string {
    const original = kind === 'payment' ? 'transaction' : 'refund';
    return JSON.stringify({
      id,
      create_time: new Date(this.#options.clock.now()).toISOString(),
      resource_type: 'encrypt-resource',
      event_type: eventType,
      summary: kind === 'payment' ? '支付成功' : '退款结果',
      resource: {
        original_type: original,
        ...this.#options.wire.sealed(JSON.stringify(words), original),
      },
    });
  }

  async #try(
    record: NoticeRecord & { deliveries: DeliveryRecord[] },
    url: string,
    body: string,
    tries: number,
  ): Promise<void> {
    const { faults } = this.#options;
    if (record.isAnswered) return;
    const send = (delivery: Delivery) => this.#send(record, url, body, delivery);
    if (faults.happens('forge')) await send('forged');
    if (faults.happens('probe')) await send('probe');
    if (faults.happens('duplicate')) this.#later(DUPLICATE_AFTER_MS, () => send('genuine'));
    await send('genuine');
    const pauseSeconds = PLAN_SECONDS[tries];
    if (record.isAnswered || pauseSeconds === undefined) return;
    this.#later(pauseSeconds * SECOND_MS, () => this.#try(record, url, body, tries + 1));
  }

  async #send(
    record: NoticeRecord & { deliveries: DeliveryRecord[] },
    url: string,
    body: string,
    delivery: Delivery,
  ): Promise<void> {
    const { clock, deliver, manner, wire } = this.#options;
    const { signs, skewMs } = manner();
    const signed = wire.signed(body, signs, skewMs);
    const vouched = delivery === 'forged' ? spoiled(signed) : delivery === 'probe' ? probing(signed) : signed;
    const headers = { 'content-type': 'application/json', 'user-agent': 'Mozilla/4.0', ...vouched };
    const atMs = clock.now();
    const answer = await deliver({ method: 'POST', url, headers, body, timeoutMs: ANSWER_WITHIN_MS }).catch(
      (): OutsideResponse | null => null,
    );
    const status = answer?.status ?? null;
    record.deliveries.push({ delivery, atMs, status });
    if (delivery === 'genuine' && (status === 200 || status === 204)) record.isAnswered = true;
  }
}
