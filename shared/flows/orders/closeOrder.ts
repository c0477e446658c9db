import * as orders from '../../data/orders/orders.ts';
import { closeHolding } from '../../domain/orders/holding.ts';
import { beginClosing, isAbsenceFinal, unbeginClosing } from '../../domain/orders/order.ts';
import { codeOf, isNoTry, unaskedOf } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { OrderId, TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import { askRail } from '../payments/askRail.ts';
import { railOf } from '../payments/railOf.ts';
import type { SettlingPorts } from '../payments/settlePayment.ts';
import { holdingOf, saveHolding } from './holdings.ts';

interface Closing {
  readonly reason: 'expired' | 'cancelled';
  readonly now: TimeMs;
  readonly requestId: string;
}

/** The outcome of a try to close an order. */
export interface TriedToClose {
  readonly order: Order;
  /** Whether the rail was not really asked. Then it does not count as a try, and the order is due as before. */
  readonly isUnasked: boolean;
}

/**
 * Tries to close an order, and returns its state now.
 *
 * - `closed`: its coupon, points and seats were given back.
 * - `paid`: money came first.
 * - `closing`: the rail gave no clear answer, and is asked again later.
 * - Otherwise there was nothing to start.
 *
 * Nothing is given back before the rail has said that nobody can pay any more; or, where the rail cannot be closed,
 * that nobody has paid yet. A payment that was never opened needs no question. Safe to repeat, and to run
 * concurrently with a notice: one of them wins.
 * @throws order.not_found; database.newer_version when only a newer build can record the outcome
 */
export async function closeOrder(
  ports: SettlingPorts,
  orderId: OrderId,
  closing: Closing,
): Promise<TriedToClose> {
  const begun = await ports.database.tx(async (tx) => {
    const before = await orders.get(tx, orderId);
    const tried = beginClosing(before, closing.reason, closing.now);
    if (tried === null) return { before, order: before, isOurs: false };
    await orders.save(tx, before, tried);
    const isAtRail = tried.paymentOpenedAtMs !== null;
    const order = isAtRail ? tried : await finish(tx, tried, false, closing.now);
    return { before, order, isOurs: isAtRail };
  });
  if (!begun.isOurs) return { order: begun.order, isUnasked: false };
  try {
    return { order: await close(ports, begun.order, closing), isUnasked: false };
  } catch (caught) {
    if (!isNoTry(caught)) throw caught;
    const order = await ports.database.tx((tx) => unbegin(tx, begun.order, begun.before, closing.now));
    if (unaskedOf(caught) === null) throw caught;
    return { order, isUnasked: true };
  }
}

/** Asks the rail, and closes the order if its answer allows that. @throws pay.unavailable, unasked */
async function close(ports: SettlingPorts, order: Order, closing: Closing): Promise<Order> {
  if (!(await isClearlyOver(ports, order, closing))) return orders.get(ports.database, order.id);
  const { mayClose } = railOf(ports.rails, order.rail).abilities(order.platform);
  return ports.database.tx(async (tx) => finish(tx, await orders.get(tx, order.id), !mayClose, closing.now));
}

async function unbegin(tx: Tx, begun: Order, before: Order, now: TimeMs): Promise<Order> {
  const order = await orders.get(tx, begun.id);
  const as = unbeginClosing(order, begun, before, now);
  if (as !== null) await orders.save(tx, order, as);
  return as ?? order;
}

/** As `isOverAtRail`. False as well when there was no clear answer. @throws pay.unavailable, unasked */
async function isClearlyOver(ports: SettlingPorts, order: Order, at: Closing): Promise<boolean> {
  try {
    return await isOverAtRail(ports, order, at);
  } catch (caught) {
    if (codeOf(caught) !== 'pay.unavailable' || isNoTry(caught)) throw caught;
    return false;
  }
}

/**
 * Whether the rail has said that this order was not paid, and, where it can be closed, that it can no longer be
 * paid. A payment found on the way is settled. Wrong money has used up the order's number, so the order is over too.
 */
async function isOverAtRail(ports: SettlingPorts, order: Order, at: Closing): Promise<boolean> {
  const state = await askRail(ports, order.id, at);
  if (state === 'success') return false;
  const rail = railOf(ports.rails, order.rail);
  if (state === 'refused' || !rail.abilities(order.platform).mayClose) return true;
  const answer = state === 'unpaid' ? await rail.close(order.id) : state;
  if (answer === 'paid') await askRail(ports, order.id, at);
  return answer === 'closed' || (answer === 'absent' && isAbsenceFinal(order, at.now));
}

async function finish(tx: Tx, order: Order, mayStillBePaid: boolean, now: TimeMs): Promise<Order> {
  if (order.state !== 'closing') return order;
  const held = await holdingOf(tx, order);
  const closed = closeHolding(held, mayStillBePaid, now);
  await saveHolding(tx, held, closed, now);
  return closed.order;
}
