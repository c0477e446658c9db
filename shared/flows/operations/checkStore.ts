import * as entitlements from '../../data/access/entitlements.ts';
import * as gifts from '../../data/access/gifts.ts';
import * as memberships from '../../data/access/memberships.ts';
import * as journal from '../../data/books/journal.ts';
import { listed } from '../../data/collection.ts';
import * as couponStocks from '../../data/coupons/couponStocks.ts';
import * as coupons from '../../data/coupons/coupons.ts';
import * as couponTemplates from '../../data/coupons/couponTemplates.ts';
import * as audit from '../../data/operations/audit.ts';
import * as orders from '../../data/orders/orders.ts';
import * as payments from '../../data/payments/payments.ts';
import * as receipts from '../../data/payments/receipts.ts';
import * as points from '../../data/points/points.ts';
import * as pointsHolds from '../../data/points/pointsHolds.ts';
import * as flashSales from '../../data/pricing/flashSales.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import * as tasks from '../../data/tasks.ts';
import { grantEntryId } from '../../domain/access/entitlement.ts';
import {
  type Finding,
  grantFindings,
  type OrderFacts,
  orderFindings,
  placesFindings,
  pointsFindings,
  receiptFindings,
  stockFindings,
  TASK_LATE_MS,
  taskFindings,
} from '../../domain/operations/invariants.ts';
import { stockIds } from '../../domain/pricing/flashSale.ts';
import type { Reader } from '../../ports/database.ts';
import type { Gift } from '../../schemas/access/gift.ts';
import { type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { FlashStock } from '../../schemas/pricing/promotion.ts';

/** How many late tasks are reported. When there are more, the first ones tell enough. */
const TASKS_MAX = 100;

/** A check of one thing. It returns what is broken now. */
export type Check = () => Promise<readonly Finding[]>;

async function giftsOf(reader: Reader, { id, lines }: Order): Promise<readonly Gift[]> {
  const found = lines.map(({ gifts: count, productId }) =>
    count > 0 ? gifts.find(reader, id, productId) : null,
  );
  return (await Promise.all(found)).filter((gift) => gift !== null);
}

async function factsOf(reader: Reader, order: Order, now: TimeMs): Promise<OrderFacts> {
  const isMember = order.lines.some(({ plan }) => plan !== null);
  const ids = order.lines.map(({ productId }) => productId);
  return {
    order,
    payment: await payments.find(reader, order.id),
    receipts: await listed(receipts.ofOrder(reader, order.id)),
    refunds: await refunds.ofOrder(reader, order.id),
    entries: await listed(journal.ofOrder(reader, order.id)),
    entitlements: await entitlements.findMany(reader, order.userId, ids),
    membership: isMember ? await memberships.find(reader, order.userId) : null,
    gifts: await giftsOf(reader, order),
    coupon: order.couponId === null ? null : await coupons.find(reader, order.couponId),
    hold: await pointsHolds.find(reader, order.id),
    now,
  };
}

async function* orderChecks(reader: Reader, now: TimeMs): AsyncGenerator<Check> {
  for await (const { id } of orders.everyOne(reader)) {
    yield async () => orderFindings(await factsOf(reader, await orders.get(reader, id), now));
  }
}

async function* receiptChecks(reader: Reader, now: TimeMs): AsyncGenerator<Check> {
  for await (const receipt of receipts.everyOne(reader)) {
    const { orderId, kind } = receipt;
    yield async () => {
      const isLost = kind === 'lost';
      const back = isLost ? await refunds.ofOrder(reader, orderId) : [];
      const entries = isLost ? await listed(journal.ofOrder(reader, orderId)) : [];
      return receiptFindings(receipt, await orders.find(reader, orderId), { refunds: back, entries, now });
    };
  }
}

async function* grantChecks(reader: Reader): AsyncGenerator<Check> {
  for await (const { userId, productId } of entitlements.everyOne(reader)) {
    yield async () => {
      const has = await entitlements.find(reader, userId, productId);
      const bought = (has?.sources ?? []).filter(({ cause }) => cause === 'order');
      const found = await Promise.all(bought.map(({ sourceId }) => orders.find(reader, sourceId)));
      if (has === null) return [];
      const given = has.sources.filter(({ cause }) => cause === 'staff');
      const ids = given.map(({ sourceId }) => grantEntryId(has.id, sourceId));
      const entries = await Promise.all(ids.map((id) => audit.find(reader, id)));
      const written = entries.flatMap((entry) => (entry === null ? [] : [entry.id]));
      return grantFindings(has, found, new Set(written));
    };
  }
}

function pointsCheck(reader: Reader, userId: UserId): Check {
  return async () => {
    const account = await points.findAccount(reader, userId);
    return pointsFindings(userId, account, await listed(points.entriesOf(reader, userId)));
  };
}

/** One check for every user with a ledger, and for every user who has points but no ledger. */
async function* pointsChecks(reader: Reader): AsyncGenerator<Check> {
  let last: UserId | null = null;
  for await (const { userId } of points.everyEntry(reader)) {
    if (userId !== last) yield pointsCheck(reader, userId);
    last = userId;
  }
  for await (const { id, updatedAtMs } of points.everyFullAccount(reader)) {
    const before = timeMs(updatedAtMs + 1);
    if ((await points.lastBefore(reader, id, before)) === null) yield pointsCheck(reader, id);
  }
}

async function* stockChecks(reader: Reader): AsyncGenerator<Check> {
  for await (const { id } of couponTemplates.everyOne(reader)) {
    yield async () => {
      const template = await couponTemplates.get(reader, id);
      return stockFindings(template, await couponStocks.ofTemplate(reader, template));
    };
  }
}

async function* placesChecks(reader: Reader): AsyncGenerator<Check> {
  for await (const sale of flashSales.everyOne(reader)) {
    yield async () => {
      const shards: FlashStock[] = [];
      // One product's shards at a time, because a read returns at most 100 documents.
      for (const item of sale.items)
        shards.push(...(await flashSales.stocksAmong(reader, stockIds(sale.id, item))));
      return placesFindings(sale, shards);
    };
  }
}

async function* taskChecks(reader: Reader, now: TimeMs): AsyncGenerator<Check> {
  let count = 0;
  for await (const { id } of tasks.waitingSince(reader, timeMs(now - TASK_LATE_MS))) {
    if (count === TASKS_MAX) return;
    count += 1;
    yield async () => {
      const task = await reader.find(tasks.collection, id);
      return task === null ? [] : taskFindings(task, now);
    };
  }
}

/**
 * Checks for everything that is stored: each order with its money, refunds, books, access, coupon and points; all
 * receipts; all entitlements; each user's points; the stocks of coupons and seats; and the tasks that wait longest.
 * A check can be run again and reads the current state, because something that changes during a check may look
 * broken once.
 */
export async function* everyCheck(reader: Reader, now: TimeMs): AsyncGenerator<Check> {
  yield* orderChecks(reader, now);
  yield* receiptChecks(reader, now);
  yield* grantChecks(reader);
  yield* pointsChecks(reader);
  yield* stockChecks(reader);
  yield* placesChecks(reader);
  yield* taskChecks(reader, now);
}
