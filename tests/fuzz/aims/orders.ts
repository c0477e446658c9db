/** Aims for buying and refunding: orders, payments, refunds, and staff's decisions about them. */
import { quoteOrder } from '../../../functions/pricing/quoteOrder.ts';
import { quoteRefund } from '../../../functions/refunds/quoteRefund.ts';
import * as cases from '../../../shared/data/operations/cases.ts';
import * as goods from '../../../shared/data/operations/goods.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as paymentExceptions from '../../../shared/data/payments/paymentExceptions.ts';
import * as receipts from '../../../shared/data/payments/receipts.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import type { Order } from '../../../shared/schemas/orders/order.ts';
import type { Refund } from '../../../shared/schemas/refunds/refund.ts';
import {
  type Aim,
  type Aiming,
  type Aims,
  fieldsOf,
  learnersOf,
  owned,
  productsIn,
  some,
  staffWho,
  withBody,
  withPath,
} from './aim.ts';

/** How many orders are tried until one can be quoted. */
const TRIES_MAX = 6;

/** An order of products on sale, with the total of its quote. */
const createOrder: Aim = async (aiming) => {
  const { world, chance, input } = aiming;
  const { points = 0 } = fieldsOf(input.body);
  const live = aiming.stored.all(goods.collection).filter(({ state }) => state === 'published');
  const goodsOf = new Set(live.map(({ productId }) => productId));
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const buyer = some(aiming, learnersOf(aiming));
    const product = some(aiming, productsIn(aiming, 'published'));
    if (buyer?.token == null || product === null) return null;
    const gifts = chance() < 0.2 && product.kind !== 'membership' ? { gifts: 2 } : {};
    const isSoldThere = goodsOf.has(product.id);
    const platform = isSoldThere && chance() < 0.5 ? 'android' : 'web';
    const asked = {
      lines: [{ productId: product.id, ...gifts }],
      platform,
      points: chance() < 0.3 ? points : 0,
    };
    const wish = { ...asked, couponId: chance() < 0.4 ? 'best' : null };
    const { code, body } = await world.call(quoteOrder, wish, { token: buyer.token });
    if (code !== null) continue;
    const { payableFen, couponId } = fieldsOf(fieldsOf(fieldsOf(body).data).quote);
    const orderId = world.ports.ids.make('ord');
    return { actor: buyer, input: { ...input, body: { ...asked, orderId, couponId, shownFen: payableFen } } };
  }
  return null;
};

/** One of the caller's orders that fits. */
function anOrder(aiming: Aiming, fits: (order: Order) => boolean) {
  return some(aiming, owned(aiming, aiming.stored.all(orders.collection).filter(fits)));
}

const isPending = ({ aiming, order }: { aiming: Aiming; order: Order }) =>
  order.state === 'pending' && aiming.world.clock.now() < order.expiresAtMs;

/** An order whose pay window is open. It is created when there is none. */
async function pendingOrder(aiming: Aiming) {
  const found = () => anOrder(aiming, (order) => isPending({ aiming, order }));
  const before = found();
  if (before !== null) return before;
  await aiming.first('createOrder');
  return found();
}

/** A paid order that is not fully refunded. */
function paidOrder(aiming: Aiming) {
  return anOrder(
    aiming,
    ({ state, payableFen, refundedFen, refundingFen, platform }) =>
      state === 'paid' && platform !== 'ios' && payableFen > refundedFen + refundingFen,
  );
}

/** The quote of a refund of an order; null when nothing can be refunded. */
async function refundQuoteOf({ world }: Aiming, orderId: string, token: string) {
  const { code, data } = await world
    .call(quoteRefund, { orderId }, { token })
    .then((answer) => ({ code: answer.code, data: answer.code === null ? answer.data.quote : null }));
  return code === null && data !== null && data.refundFen > 0 ? data : null;
}

const requestRefund: Aim = async (aiming) => {
  const found = paidOrder(aiming);
  if (found?.owner.token == null) return null;
  const { doc: order, owner } = found;
  const quote = await refundQuoteOf(aiming, order.id, owner.token ?? '');
  if (quote === null) return null;
  const asked = { refundId: aiming.world.ports.ids.make('rfd'), productIds: null, shownFen: quote.refundFen };
  return { actor: owner, input: withPath(aiming.input, { orderId: order.id }, asked) };
};

const createRefund: Aim = async (aiming) => {
  const found = paidOrder(aiming);
  if (found?.owner.token == null) return null;
  const quote = await refundQuoteOf(aiming, found.doc.id, found.owner.token ?? '');
  const line = some(aiming, quote?.lines.filter(({ leftFen }) => leftFen > 0) ?? []);
  if (line === null) return null;
  const refundFen = Math.max(1, Math.floor(line.leftFen * aiming.chance()));
  const lines = [{ productId: line.productId, refundFen, takesAccess: aiming.chance() < 0.5 }];
  const refundId = aiming.world.ports.ids.make('rfd');
  return { input: withPath(aiming.input, { orderId: found.doc.id }, { refundId, lines }) };
};

/** A refund in a fitting state, and a caller who may decide about it and has not done so. */
function onRefund(fits: (refund: Refund) => boolean): Aim {
  return (aiming) => {
    const refund = some(aiming, aiming.stored.all(refunds.collection).filter(fits));
    if (refund === null) return null;
    const agreed = refund.approvals.map(({ by }) => by);
    const others = staffWho(aiming, 'refund.approve').filter(({ userId }) =>
      agreed.every((by) => by !== userId),
    );
    const actor = some(aiming, others);
    return actor && { actor, input: withPath(aiming.input, { refundId: refund.id }) };
  };
}

/** A refund that waits for staff. When there is none, support creates one. */
const onRequested: Aim = async (aiming) => {
  const decide = onRefund(({ state }) => state === 'requested');
  const before = await decide(aiming);
  if (before !== null) return before;
  await aiming.first('createRefund');
  return decide(aiming);
};

/** The aims by operation. */
export const orderAims: Aims = {
  createOrder,
  quoteOrder: (aiming) => {
    const product = some(aiming, productsIn(aiming, 'published'));
    return (
      product && { input: withBody(aiming.input, { lines: [{ productId: product.id }], couponId: null }) }
    );
  },
  cancelOrder: async (aiming) => {
    const found = await pendingOrder(aiming);
    return found && { actor: found.owner, input: withPath(aiming.input, { orderId: found.doc.id }) };
  },
  payOrder: async (aiming) => {
    const found = await pendingOrder(aiming);
    if (found === null) return null;
    return { actor: found.owner, input: { ...withPath(aiming.input, { orderId: found.doc.id }), body: {} } };
  },
  getOrder: (aiming) => {
    const found = anOrder(aiming, () => true);
    return found && { actor: found.owner, input: withPath(aiming.input, { orderId: found.doc.id }) };
  },
  listRefunds: (aiming) => {
    const found = anOrder(aiming, () => true);
    return found && { actor: found.owner, input: withPath(aiming.input, { orderId: found.doc.id }) };
  },
  quoteRefund: (aiming) => {
    const found = paidOrder(aiming);
    if (found === null) return null;
    return { actor: found.owner, input: { ...withPath(aiming.input, { orderId: found.doc.id }), query: {} } };
  },
  requestRefund,
  createRefund,
  approveRefund: onRequested,
  rejectRefund: onRequested,
  closeRefund: onRefund(({ state }) => state === 'approved' || state === 'abnormal' || state === 'closed'),
  resumeRefund: (aiming) => {
    const open = aiming.stored.all(cases.collection).filter(({ state }) => state === 'open');
    const held = new Set(open.map(({ id }) => id));
    return onRefund(({ id }) => held.has(`platform_refund:${id}:held`))(aiming);
  },
  retryRefund: onRefund(({ id, state }) => /^r[ls]_/.test(id) && state === 'closed'),
  findPayment: ({ stored, input, chance }) => {
    const receipt = some({ chance }, stored.all(receipts.collection));
    return receipt && { input: withPath(input, { transactionId: receipt.id.replace(/^.*:/, '') }) };
  },
  resolveException: ({ stored, input, chance }) => {
    const exception = some({ chance }, stored.all(paymentExceptions.collection));
    return exception && { input: withBody(input, { exceptionId: exception.id }) };
  },
};
