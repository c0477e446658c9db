/** The two transactions around the call that sends a message, and what they read. */
import * as legalTexts from '../../data/identity/legalTexts.ts';
import * as users from '../../data/identity/users.ts';
import * as inboxes from '../../data/inbox/inboxes.ts';
import * as messages from '../../data/inbox/messages.ts';
import * as subscriptions from '../../data/inbox/subscriptions.ts';
import * as cases from '../../data/operations/cases.ts';
import { isAgreed } from '../../domain/identity/legal.ts';
import {
  beginSending,
  endSending,
  newInbox,
  newSubscription,
  type Sendable,
  type Sending,
} from '../../domain/inbox/delivery.ts';
import { dataOf, rulesOf } from '../../domain/inbox/messageKinds.ts';
import { refusalOf, unaskedOf } from '../../errors.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { MessageAsked, MessageOutcome } from '../../ports/messages.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Message } from '../../schemas/inbox/message.ts';
import type { Template, TemplateKind } from '../../schemas/inbox/template.ts';

type SendPorts = Pick<Ports, 'database' | 'messages' | 'settings' | 'ids'>;

/** The case about a template that WeChat does not take. While it is open, nothing is sent by that template. */
const offCase = (kind: TemplateKind, { id }: Template) =>
  ({ kind: 'message_template', cause: `off:${kind}:${id}` }) as const;

/** Whether nothing is known against the template. */
export async function isTemplateOn(
  reader: Pick<Reader, 'find'>,
  kind: TemplateKind,
  template: Template,
): Promise<boolean> {
  return (await cases.find(reader, offCase(kind, template)))?.state !== 'open';
}

/** Stores what changed. */
async function save(
  tx: Tx,
  stored: { readonly message: Message } & Partial<Pick<Sendable, 'inbox' | 'subscription'>>,
  read: Sendable,
  after: Sendable,
): Promise<void> {
  await messages.save(tx, stored.message, after.message);
  if (after.inbox !== read.inbox) await inboxes.save(tx, stored.inbox ?? null, after.inbox);
  if (after.subscription !== read.subscription)
    await subscriptions.save(tx, stored.subscription ?? null, after.subscription);
}

/** Reads what is decided about, together with what is stored of it. */
async function read(tx: Tx, message: Message, now: TimeMs) {
  const { userId } = message;
  const { template } = rulesOf(message.subject.kind);
  const inbox = await inboxes.find(tx, userId);
  const subscription = await subscriptions.find(tx, userId, template);
  const found: Sendable = {
    message,
    inbox: inbox ?? newInbox(userId, now),
    subscription: subscription ?? newSubscription(userId, template, now),
  };
  const stored = {
    message,
    ...(inbox === null ? {} : { inbox }),
    ...(subscription === null ? {} : { subscription }),
  };
  return { found, stored };
}

async function agrees(tx: Tx, userId: UserId): Promise<boolean> {
  const user = await users.get(tx, userId);
  return isAgreed(user, await legalTexts.findCurrent(tx, 'marketing'));
}

/** Whether this very run is sending it, which its transaction may learn only when it runs again. */
const isTakenBy = ({ state, code }: Message, mark: string) => state === 'sending' && code === mark;

/**
 * Takes the quota for a message that is due, and marks it as being sent. Returns what is to be sent; null when a rule
 * keeps it in, when it waits, or when its outcome is not to be had any more.
 * @throws wechat.unavailable, unasked, while another run may still be sending it
 */
export async function takeForSending(
  { database, settings, ids }: SendPorts,
  messageId: string,
  now: TimeMs,
): Promise<MessageAsked | null> {
  const mark = ids.secret(12);
  const seen = await messages.find(database, messageId);
  if (seen === null) return null;
  const { template: kind, isMarketing } = rulesOf(seen.subject.kind);
  const template = settings.templates[kind];
  const openid = (await users.find(database, seen.userId))?.openid ?? null;
  const isOn = template !== undefined && (await isTemplateOn(database, kind, template));
  return database.tx(async (tx) => {
    const message = await messages.find(tx, messageId);
    if (message === null) return null;
    const { found, stored } = await read(tx, message, now);
    const after = isTakenBy(message, mark)
      ? found
      : beginSending(found, {
          ...{ hasOpenid: openid !== null, isTemplateOn: isOn, mark, now },
          isAgreed: isMarketing && (await agrees(tx, message.userId)),
        });
    await save(tx, stored, found, after);
    if (!isTakenBy(after.message, mark) || openid === null || template === undefined) return null;
    const data = dataOf(message.subject, template, message.createdAtMs);
    return { openid, templateId: template.id, page: message.page, data };
  });
}

/** What came of the call. Without a clear answer nobody knows. */
export async function sendOnce({ messages: port }: SendPorts, asked: MessageAsked): Promise<Sending> {
  try {
    return await port.send(asked);
  } catch (caught) {
    const code = refusalOf(caught)?.code ?? unaskedOf(caught);
    return code === null ? { outcome: 'unknown' } : { outcome: 'later', code };
  }
}

type Failed = Extract<MessageOutcome, { readonly outcome: 'failed' }>;

const isFailed = (sending: Sending): sending is Failed =>
  sending.outcome === 'failed' && 'because' in sending;

/** Records what came of a call, and tells staff about a template that does not fit. */
export async function recordSending(
  tx: Tx,
  { settings }: SendPorts,
  messageId: string,
  { sending, now }: { readonly sending: Sending; readonly now: TimeMs },
): Promise<void> {
  const message = await messages.find(tx, messageId);
  if (message === null) return;
  const { found, stored } = await read(tx, message, now);
  await save(tx, stored, found, endSending(found, sending, now));
  const { template: kind } = rulesOf(message.subject.kind);
  const template = settings.templates[kind];
  if (!isFailed(sending) || sending.because === 'person' || template === undefined) return;
  const { because, code, words } = sending;
  const isOff = because === 'template';
  const what = isOff ? '该模板的消息已暂停发送，修正后关闭此工单即恢复' : '请核对模板各字段的配置';
  const story = `微信未接受订阅消息模板 ${kind}（${template.id}）：${code} ${words}。${what}。`;
  const about = isOff
    ? offCase(kind, template)
    : { kind: 'message_template' as const, cause: `values:${kind}` };
  await cases.openAgain(tx, { ...about, story }, now);
}
