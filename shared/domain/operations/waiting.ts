/** What buyers or the shop wait for. Nothing waits for a whole day without a person being told. */
import { HOUR_MS, MINUTE_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Day } from '../../schemas/books/journal.ts';
import type { Feedback } from '../../schemas/feedback/feedback.ts';
import type { Case } from '../../schemas/operations/case.ts';
import type { Goods } from '../../schemas/operations/goods.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import type { Reviewed, ReviewMatterKind, ReviewTarget } from '../../schemas/review/review.ts';
import type { Task } from '../../schemas/task.ts';
import { billReadyAtMs, reconciliationId } from '../books/reconciliation.ts';
import { dayAfter, dayOf } from '../day.ts';

/**
 * How long something may wait before staff are told: 20 hours, so that it is within a day even when the check is
 * late.
 */
export const UNTOLD_MAX_MS = 20 * HOUR_MS;

/** How many waiting things of one kind get a case of their own. The rest share one case. */
export const CASES_OF_KIND_MAX = 100;

/** The kinds of things that can wait. Reports of deliveries and gifts are tasks; reviews are queues of cases. */
export const WAITING_KINDS = [
  'refund',
  'order',
  'task',
  'goods',
  'bill',
  'check',
  'queue',
  'feedback',
] as const;
/** One of these kinds. */
export type WaitingKind = (typeof WAITING_KINDS)[number];

/** Something that waits. `sinceAtMs` is when it was first due; retries do not change it. */
export interface Waiting {
  readonly kind: WaitingKind;
  readonly id: string;
  readonly sinceAtMs: TimeMs;
  readonly story: string;
  readonly about?: Partial<Pick<Case, 'orderId' | 'userId' | 'productId' | 'refundId' | 'amountFen'>>;
}

/** An approved refund that the rail has not accepted; null for any other. */
export function waitingRefund(refund: Refund): Waiting | null {
  const { id, orderId, state, approvedAtMs, refundFen: amountFen } = refund;
  if (state !== 'approved' || approvedAtMs === null) return null;
  const story = `退款 ${id} 已批准，支付渠道至今没有受理`;
  return { kind: 'refund', id, sinceAtMs: approvedAtMs, story, about: { refundId: id, orderId, amountFen } };
}

/** An order past its pay window that is neither paid nor closed; null for any other. */
export function waitingOrder(order: Order): Waiting | null {
  const { id, state, userId, expiresAtMs, payableFen: amountFen } = order;
  if (state !== 'pending' && state !== 'closing') return null;
  const story = `订单 ${id} 已超时，至今没有关闭，占用的优惠券、积分和名额没有退回`;
  return { kind: 'order', id, sinceAtMs: expiresAtMs, story, about: { orderId: id, userId, amountFen } };
}

/** A task that is still pending; null for any other. */
export function waitingTask({ id, state, dueFirstAtMs, attempts, reason }: Task): Waiting | null {
  if (state !== 'pending') return null;
  const story = `任务 ${id} 至今没有完成，已失败 ${attempts} 次：${reason ?? '没有执行过'}`;
  return { kind: 'task', id, sinceAtMs: dueFirstAtMs, story };
}

/** Goods that the platform does not sell yet, or whose price is not in force yet; null for any other. */
export function waitingGoods({ id, productId, name, nextAtMs, priceFen: amountFen }: Goods): Waiting | null {
  if (nextAtMs === null) return null;
  const story = `道具《${name}》（${amountFen} 分）至今没有在微信虚拟支付上架或生效`;
  return { kind: 'goods', id, sinceAtMs: nextAtMs, story, about: { productId, amountFen } };
}

/** What somebody told the shop, and nobody has answered. */
export function waitingFeedback({ id, userId, orderId, sinceAtMs }: Feedback): Waiting {
  const story = `用户反馈 ${id} 至今没有答复`;
  return { kind: 'feedback', id, sinceAtMs, story, about: { userId, orderId } };
}

/** The bill of a day on which money moved, and that has not been read. */
export function waitingBill(rail: 'wxpay' | 'xpay', day: Day): Waiting {
  const story = `${day} 的 ${rail} 对账单至今没有取得或读出，当日账目尚未核对`;
  return { kind: 'bill', id: reconciliationId(rail, day), sinceAtMs: billReadyAtMs(day), story };
}

/** Something that somebody wrote and the platform has not answered about; null for any other. */
export function waitingCheck(target: ReviewTarget, { userId, checkingSinceMs }: Reviewed): Waiting | null {
  if (checkingSinceMs === null) return null;
  const story = `内容 ${target} 送检后至今没有结论，也没有转人工，作者之外没有人能看到`;
  return { kind: 'check', id: target, sinceAtMs: checkingSinceMs, story, about: { userId } };
}

/** A queue of what people wrote, when nobody has looked at its oldest case; null for an empty one. */
export function waitingQueue(
  kind: ReviewMatterKind,
  cases: readonly Pick<Case, 'openedAtMs'>[],
): Waiting | null {
  const [oldest] = cases;
  if (oldest === undefined) return null;
  const story = `内容审核的「${QUEUES[kind]}」至今没有人处理，作者和举报人在等`;
  return { kind: 'queue', id: kind, sinceAtMs: oldest.openedAtMs, story };
}

const QUEUES: Readonly<Record<ReviewMatterKind, string>> = {
  content_review: '待审',
  content_flagged: '举报',
  appeal: '申诉',
};

/** The days of the last week whose bills should have been read by now, oldest first. */
export function daysToHaveRead(now: TimeMs): readonly Day[] {
  const today = dayOf(now);
  const days = Array.from({ length: 7 }, (_, n) => dayAfter(today, n - 8));
  return days.filter((day) => billReadyAtMs(day) + UNTOLD_MAX_MS <= now);
}

/** A case about something that waits, before it is opened. */
interface WaitingCase
  extends Partial<Pick<Case, 'orderId' | 'userId' | 'productId' | 'refundId' | 'amountFen'>> {
  readonly kind: 'waiting';
  readonly cause: string;
  readonly story: string;
}

/** The characters that a case's id may take from its cause. */
const CAUSE = /^[\x21-\x7e]{1,119}$/;

/**
 * The cases for what waits of one kind: one for each thing, plus one for the rest when there are too many, or when a
 * thing's id does not fit into a case's id.
 */
export function waitingCases(kind: WaitingKind, found: readonly Waiting[]): readonly WaitingCase[] {
  const own = found
    .slice(0, CASES_OF_KIND_MAX)
    .map(({ id, story, about }) => ({ kind: 'waiting' as const, cause: `${kind}:${id}`, story, ...about }))
    .filter(({ cause }) => CAUSE.test(cause));
  if (own.length === found.length) return own;
  const story = `另有更多同类事项（${kind}）等待已久，未逐一列出`;
  return [...own, { kind: 'waiting', cause: `${kind}:more`, story }];
}

/**
 * Whether to close an open case about waiting, given what waits now. No case of a kind is closed while more things of
 * that kind wait than get their own case.
 */
export function isToEnd(open: Case, found: ReadonlyMap<WaitingKind, readonly Waiting[]>): boolean {
  const kind = WAITING_KINDS.find((each) => open.id.startsWith(`waiting:${each}:`));
  const waiting = kind === undefined ? undefined : found.get(kind);
  if (kind === undefined || waiting === undefined || waiting.length > CASES_OF_KIND_MAX) return false;
  return !waitingCases(kind, waiting).some(({ cause }) => open.id === `waiting:${cause}`);
}

/** Whether staff have to be told of something that waits. `before` is its existing case, if any. */
export function isToBeTold(before: Case | null, now: TimeMs): boolean {
  if (before === null) return true;
  if (before.state === 'open') return false;
  // A person who closed the case knew of it. A case that was closed automatically was about an earlier wait.
  return before.closedBy === null || now >= (before.closedAtMs ?? now) + UNTOLD_MAX_MS;
}

/** The instant UNTOLD_MAX_MS ago. Staff are told of anything that has waited since before it. */
export function toldBefore(now: TimeMs): TimeMs {
  return timeMs(now - UNTOLD_MAX_MS);
}

/** The case, closed because nothing waits any more. */
export function endedCase(before: Case, now: TimeMs): Case {
  return { ...before, state: 'closed', closedAtMs: now, closedBy: null, resolution: '已不再等待，自动关闭' };
}

/** How late a task may be before the log reports it: ten minutes. */
export const LATE_TASK_MS = 10 * MINUTE_MS;
