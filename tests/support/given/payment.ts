/** Payments on their way: the phone, the rail's books, and genuine notices. */
import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { Wire } from '../../../local/simulators/wxpay/wire.ts';
import type { TimerFunction } from '../../../shared/function.ts';
import { MINUTE_MS } from '../../../shared/schemas/base.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import type { PhonePaymentView } from '../../../shared/schemas/payments/payment.ts';
import { keys } from '../keys.ts';
import type { RawCall, World } from '../world.ts';
import { type Buyer, givenOpened, givenOrder } from './order.ts';

/**
 * The buyer's phone confirms the payment. Answers what it reports to the mini-program. Notices are sent with `drain`.
 */
export function confirm(world: World, buyer: Buyer, payment: PhonePaymentView): string {
  if (payment.rail !== 'wxpay') throw new Error(`paid by ${payment.rail}`);
  return world.wechatPay.phone.pay({ ...payment, openid: buyer.openid }, 'confirm').errMsg;
}

/** Opens an order's payment and confirms it. The notice waits for `drain`. */
export async function givenMoney(world: World, buyer: Buyer, order: OrderView): Promise<void> {
  const answer = confirm(world, buyer, await givenOpened(world, buyer, order));
  if (answer !== 'requestPayment:ok') throw new Error(answer);
}

/** The payments of an order in the rail's books. */
export function transactionsOf(world: World, orderId: string) {
  return world.wechatPay.books().transactions.filter(({ orderNumber }) => orderNumber === orderId);
}

/** The refunds of an order in the rail's books, finished or not. */
export function refundsOf(world: World, orderId: string) {
  return world.wechatPay.books().refunds.filter(({ orderNumber }) => orderNumber === orderId);
}

/** Sets the share of lost notices: all of them by default. */
export function loseNotices(world: World, share = 1): void {
  world.wechatPay.faults.shares.lose = share;
}

/** A genuine notice with any words, signed and sealed as the rail does it. */
export function noticeOf(
  world: World,
  words: Readonly<Record<string, unknown>>,
  eventType = 'TRANSACTION.SUCCESS',
): RawCall {
  const wire = new Wire({ keys, clock: world.clock, random: world.random });
  const original = eventType.startsWith('REFUND') ? 'refund' : 'transaction';
  const rawBody = JSON.stringify({
    id: `EV-${wire.letters(12)}`,
    event_type: eventType,
    resource_type: 'encrypt-resource',
    resource: { original_type: original, ...wire.sealed(JSON.stringify(words), original) },
  });
  return { rawBody, headers: wire.signed(rawBody, 'public_key', 0) };
}

/** The rail's words about a successful payment, with changes. */
export function paidWords(
  world: World,
  buyer: Buyer,
  order: OrderView,
  changes: Readonly<Record<string, unknown>> = {},
) {
  return {
    appid: keys.appid,
    mchid: keys.merchantId,
    out_trade_no: order.id,
    transaction_id: '4200000000202611230000000000',
    trade_type: 'JSAPI',
    trade_state: 'SUCCESS',
    success_time: new Date(world.clock.now()).toISOString(),
    payer: { openid: buyer.openid },
    amount: { total: order.payableFen, payer_total: order.payableFen, currency: 'CNY' },
    ...changes,
  };
}

/** A closed order that was still paid at the rail. Its refund is requested and waits for `drain`. */
export async function givenLateMoney(world: World, buyer: Buyer): Promise<OrderView> {
  const order = await givenOrder(world, buyer);
  const payment = await givenOpened(world, buyer, order);
  // We believe that the rail closed the order, but it did not.
  const close = jest.spyOn(world.ports.rails.wxpay, 'close').mockResolvedValueOnce('closed');
  await world.call(cancelOrder, { orderId: order.id }, { token: buyer.token });
  close.mockRestore();
  const answer = confirm(world, buyer, payment);
  if (answer !== 'requestPayment:ok') throw new Error(answer);
  await world.clock.runDue();
  return order;
}

/** Lets this many minutes pass, with these timers and all effects. */
export async function passMinutes(
  world: World,
  minutes: number,
  ...timers: readonly TimerFunction[]
): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await world.drain();
    world.clock.advance(MINUTE_MS);
    for (const timer of timers) await world.run(timer);
  }
  await world.drain();
}
