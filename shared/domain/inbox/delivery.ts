/**
 * The way of a message outside. The platform's send has no idempotency key, so a message may be lost outside, and is
 * never sent twice; the inbox has it either way.
 *
 *   waiting ── its time comes ──▶ due ── a quota is taken ──▶ sending ──▶ sent, refused, failed
 *      ▲                           │ └─ a rule keeps it in ─▶ skipped  └─ no answer ─▶ unknown
 *      ├───── it is night ─────────┘                           │
 *      └───── WeChat is busy, three times at most ─────────────┘
 */
import { fail } from '../../errors.ts';
import { DAY_MS, MINUTE_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import {
  type Inbox,
  type Message,
  type MessageSubject,
  OUTSIDE_MAX,
  type SkippedBecause,
  type Subscription,
} from '../../schemas/inbox/message.ts';
import type { TemplateKind, Templates } from '../../schemas/inbox/template.ts';
import { dayOf } from '../day.ts';
import { pageOf, rulesOf } from './messageKinds.ts';
import { wakingAtMs } from './quiet.ts';

/** How many messages a user is sent in a Shanghai day. */
export const PER_DAY_MAX = 3;
/** Of the same kind, only the first within this time is sent. */
export const MERGED_MS = 10 * MINUTE_MS;
/** How long after an advertisement there is no other, in ms. It is also how long sent messages are remembered. */
export const MARKETING_EVERY_MS = 7 * DAY_MS;
/** How often WeChat is asked that cannot take the message for the moment. */
export const TRIES_MAX = 3;
/** How long the outcome of a call is awaited. A run that finds an older one says that nobody knows it. */
export const SENDING_MS = MINUTE_MS;
const RETRY_AFTER_MS = 5 * MINUTE_MS;

/** Everything unread, and nothing sent. */
export function newInbox(id: UserId, now: TimeMs): Inbox {
  return { id, readAtMs: timeMs(0), isOptedIn: false, outside: [], updatedAtMs: now };
}

/** What is known of a template that was never asked for. */
export function newSubscription(userId: UserId, template: TemplateKind, now: TimeMs): Subscription {
  return {
    ...{ id: `${userId}:${template}`, userId, template, left: 0 },
    ...{ isBlocked: false, blockedAtS: 0, heardAtS: [], updatedAtMs: now },
  };
}

/** A new message. It stays inside where its kind has no template. */
export function newMessage(
  asked: { readonly userId: UserId; readonly cause: string; readonly subject: MessageSubject },
  templates: Templates,
  now: TimeMs,
): Message {
  const { userId, cause, subject } = asked;
  const { template, mayWait } = rulesOf(subject.kind);
  const message: Message = {
    ...{ id: `${userId}:${cause}`, userId, subject, page: pageOf(subject) },
    ...{ state: 'inside', nextAtMs: now, code: null, turns: 0, tries: 0, number: null, createdAtMs: now },
  };
  if (templates[template] === undefined) return message;
  const atMs = mayWait ? wakingAtMs(userId, now) : now;
  return atMs > now
    ? { ...message, state: 'waiting', nextAtMs: atMs }
    : { ...message, state: 'due', turns: 1 };
}

/** The message whose time has come; itself when it has not. */
export function comeDue(message: Message, now: TimeMs): Message {
  if (message.state !== 'waiting' || message.nextAtMs > now) return message;
  return { ...message, state: 'due', nextAtMs: now, turns: message.turns + 1 };
}

/** What is decided about when a message is due. */
export interface Sendable {
  readonly message: Message;
  readonly inbox: Inbox;
  readonly subscription: Subscription;
}

/** What else counts. */
export interface SendingFacts {
  readonly hasOpenid: boolean;
  /** Whether WeChat takes the template, as far as we know. */
  readonly isTemplateOn: boolean;
  /** Whether the user agrees to advertisements today. Only asked of such. */
  readonly isAgreed: boolean;
  /** What the run that sends it is known by. */
  readonly mark: string;
  readonly now: TimeMs;
}

const within = ({ outside }: Inbox, sinceMs: number) => outside.filter(({ atMs }) => atMs > sinceMs);

function reasonToSkip(
  { message: { subject }, inbox, subscription }: Sendable,
  { hasOpenid, isTemplateOn, isAgreed, now }: SendingFacts,
): SkippedBecause | null {
  const { isMarketing } = rulesOf(subject.kind);
  if (!hasOpenid) return 'no_openid';
  if (isMarketing && !isAgreed) return 'no_consent';
  if (!isTemplateOn) return 'template_off';
  if (within(inbox, now - MERGED_MS).some(({ kind }) => kind === subject.kind)) return 'merged';
  if (isMarketing && within(inbox, now - MARKETING_EVERY_MS).some((sent) => sent.isMarketing))
    return 'week_full';
  if (inbox.outside.filter(({ atMs }) => dayOf(atMs) === dayOf(now)).length >= PER_DAY_MAX) return 'day_full';
  if (subscription.left > 0) return null;
  return subscription.isBlocked ? 'blocked' : 'no_quota';
}

/**
 * The message that is about to be sent, with the quota that it takes; or kept in, or waiting for the morning. One that
 * another run began to send is left to it for a while. Then nobody knows what came of it, and it is not sent again.
 * @throws wechat.unavailable, unasked, while another run may still be sending it
 */
export function beginSending(before: Sendable, facts: SendingFacts): Sendable {
  const { message, inbox, subscription } = before;
  const { now } = facts;
  if (message.state === 'sending') {
    if (now < message.nextAtMs)
      throw fail('wechat.unavailable', { detail: 'is being sent', unasked: 'pace' });
    return endSending(before, { outcome: 'unknown' }, now);
  }
  if (message.state !== 'due') return before;
  const { mayWait, isMarketing } = rulesOf(message.subject.kind);
  const atMs = mayWait ? wakingAtMs(message.userId, now) : now;
  if (atMs > now) return { ...before, message: { ...message, state: 'waiting', nextAtMs: atMs } };
  const code = reasonToSkip(before, facts);
  if (code !== null) return { ...before, message: { ...message, state: 'skipped', nextAtMs: now, code } };
  const sent = { messageId: message.id, kind: message.subject.kind, isMarketing, atMs: now };
  const outside = [...within(inbox, now - MARKETING_EVERY_MS), sent].slice(-OUTSIDE_MAX);
  return {
    message: { ...message, state: 'sending', nextAtMs: timeMs(now + SENDING_MS), code: facts.mark },
    inbox: { ...inbox, outside, updatedAtMs: now },
    subscription: { ...subscription, left: subscription.left - 1, updatedAtMs: now },
  };
}

/** What came of a call. Everything but the first two reached nobody, as WeChat says. */
export type Sending =
  | { readonly outcome: 'sent'; readonly number: string | null }
  /** No clear answer. */
  | { readonly outcome: 'unknown' }
  /** The user does not want it, or allows none. */
  | { readonly outcome: 'refused'; readonly code: string }
  /** Something about the message or the template is wrong. */
  | { readonly outcome: 'failed'; readonly code: string }
  /** Not now. */
  | { readonly outcome: 'later'; readonly code: string };

/** The message after its call, and what the user still allows. What is not being sent any more stays as it is. */
export function endSending(before: Sendable, sending: Sending, now: TimeMs): Sendable {
  const { message } = before;
  if (message.state !== 'sending') return before;
  if (sending.outcome === 'sent')
    return {
      ...before,
      message: { ...message, state: 'sent', nextAtMs: now, code: null, number: sending.number },
    };
  if (sending.outcome === 'unknown')
    return { ...before, message: { ...message, state: 'unknown', nextAtMs: now, code: null } };
  const { outcome, code } = sending;
  const back = withoutSent(before, outcome === 'refused' ? 'ends' : 'back', now);
  if (outcome !== 'later') return { ...back, message: { ...message, state: outcome, nextAtMs: now, code } };
  const tries = message.tries + 1;
  const ended = { ...message, tries, code };
  if (tries >= TRIES_MAX) return { ...back, message: { ...ended, state: 'failed', nextAtMs: now } };
  const nextAtMs = timeMs(now + tries * RETRY_AFTER_MS);
  return { ...back, message: { ...ended, state: 'waiting', nextAtMs } };
}

/** What was not sent takes no place in the user's day. Its quota comes back, or the user allows no more. */
function withoutSent(
  { message, inbox, subscription }: Sendable,
  quota: 'back' | 'ends',
  now: TimeMs,
): Sendable {
  const left = quota === 'ends' || subscription.isBlocked ? 0 : subscription.left + 1;
  const outside = inbox.outside.filter(({ messageId }) => messageId !== message.id);
  return {
    message,
    inbox: { ...inbox, outside, updatedAtMs: now },
    subscription: { ...subscription, left, updatedAtMs: now },
  };
}

/** What WeChat told later of a message that it had taken, or of one of which nobody knew. */
export function toldLater(message: Message, code: string | null, now: TimeMs): Message {
  if (message.state !== 'sent' && message.state !== 'unknown') return message;
  return code === null
    ? { ...message, state: 'sent', nextAtMs: now, code: null }
    : { ...message, state: 'refused', nextAtMs: now, code };
}
