import { refundRequested } from '../../../events/refundRequested.ts';
import * as reconciliations from '../../data/books/reconciliations.ts';
import * as feedbacks from '../../data/feedback/feedbacks.ts';
import * as cases from '../../data/operations/cases.ts';
import * as goods from '../../data/operations/goods.ts';
import * as orders from '../../data/orders/orders.ts';
import * as receipts from '../../data/payments/receipts.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import * as tasks from '../../data/tasks.ts';
import { reconciliationId } from '../../domain/books/reconciliation.ts';
import { dayAfter, dayStartMs } from '../../domain/day.ts';
import {
  CASES_OF_KIND_MAX,
  daysToHaveRead,
  toldBefore,
  type Waiting,
  type WaitingKind,
  waitingBill,
  waitingCheck,
  waitingFeedback,
  waitingGoods,
  waitingOrder,
  waitingQueue,
  waitingRefund,
  waitingTask,
} from '../../domain/operations/waiting.ts';
import type { Reader } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { ReviewMatterKind } from '../../schemas/review/review.ts';
import { REVIEWED } from '../review/reviewedKinds.ts';

/** The states in which goods wait for a step. */
const GOODS_UNDER_WAY = ['wanted', 'uploading', 'uploaded', 'publishing', 'published'] as const;
const RAILS = ['wxpay', 'xpay'] as const;

type Look = (reader: Reader, now: TimeMs) => AsyncGenerator<Waiting | null>;

async function* waitingGoodsOf(reader: Reader, now: TimeMs) {
  for (const state of GOODS_UNDER_WAY)
    for (const each of await goods.due(reader, state, toldBefore(now), CASES_OF_KIND_MAX + 1))
      yield waitingGoods(each);
}

async function* waitingBillsOf(reader: Reader, now: TimeMs) {
  for (const day of daysToHaveRead(now)) {
    for (const rail of RAILS) {
      if ((await reconciliations.find(reader, reconciliationId(rail, day))) !== null) continue;
      const within = { from: dayStartMs(day), below: dayStartMs(dayAfter(day, 1)) };
      const { done } = await receipts.paidWithin(reader, rail, within).next();
      if (done !== true) yield waitingBill(rail, day);
    }
  }
}

async function* waitingChecksOf(reader: Reader, now: TimeMs) {
  for (const [kind, { checkingSince }] of Object.entries(REVIEWED))
    for await (const each of checkingSince(reader, toldBefore(now)))
      yield waitingCheck(`${kind}:${each.id}`, each);
}

/** A queue is one thing, however many cases are in it: each of them is known. */
async function* waitingQueuesOf(reader: Reader) {
  for (const kind of ReviewMatterKind.options) {
    const oldest = { state: 'open', kind, limit: 1, cursor: null } as const;
    yield waitingQueue(kind, (await cases.list(reader, oldest)).items);
  }
}

/** How waiting things of each kind are found, the longest waiting first. */
const looks: Readonly<Record<WaitingKind, Look>> = {
  refund: async function* (reader) {
    for await (const refund of refunds.approved(reader)) yield waitingRefund(refund);
  },
  order: async function* (reader, now) {
    for await (const order of orders.openSince(reader, toldBefore(now))) yield waitingOrder(order);
  },
  task: async function* (reader, now) {
    for await (const task of tasks.waitingSince(reader, toldBefore(now))) {
      // The task that asks a rail for a refund is reported as the refund.
      if (task.event.name !== refundRequested.name) yield waitingTask(task);
    }
  },
  goods: waitingGoodsOf,
  bill: waitingBillsOf,
  check: waitingChecksOf,
  queue: waitingQueuesOf,
  feedback: async function* (reader, now) {
    for await (const feedback of feedbacks.openSince(reader, toldBefore(now)))
      yield waitingFeedback(feedback);
  },
};

/**
 * The things of a kind that have waited so long that staff must be told, the longest waiting first. At most one more
 * than get a case of their own.
 */
export async function waitingNow(
  reader: Reader,
  kind: WaitingKind,
  now: TimeMs,
): Promise<readonly Waiting[]> {
  const found: Waiting[] = [];
  for await (const waiting of looks[kind](reader, now)) {
    if (waiting === null || waiting.sinceAtMs >= toldBefore(now)) continue;
    found.push(waiting);
    if (found.length > CASES_OF_KIND_MAX) break;
  }
  return found;
}
