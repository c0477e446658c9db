import { payNotify } from '../../functions/payments/payNotify.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { newOrderId } from '../support/given/order.ts';
import { loseNotices, noticeOf, paidWords, transactionsOf } from '../support/given/payment.ts';
import type { RawCall } from '../support/world.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { hashOf } from './exported.ts';
import { openShop, type Shop } from './shop.ts';

const FEN = 9_900;
/** How often each notice is delivered. */
const TOLD = 3;

/** A notice that is genuine but wrong, and what must follow from it. */
interface Wrong {
  /** The fields that differ from a right notice. */
  readonly words?: Readonly<Record<string, unknown>>;
  readonly eventType?: string;
  /** Whether the order was paid before, so that this is a second transaction. */
  readonly isSecond?: true;
  /** The kind of anomaly that staff are told; null when no money came, so that nothing is wrong with money. */
  readonly anomaly: string | null;
  readonly status: number;
}

const money = (total: number, currency = 'CNY') => ({ amount: { total, payer_total: total, currency } });

/** The wrong notices by name. */
const matrix: Readonly<Record<string, Wrong>> = {
  oneFenLess: { words: money(FEN - 1), anomaly: 'amount_mismatch', status: 200 },
  oneFenMore: { words: money(FEN + 1), anomaly: 'amount_mismatch', status: 200 },
  yuanForFen: { words: money(FEN / 100), anomaly: 'amount_mismatch', status: 200 },
  dollars: { words: money(FEN, 'USD'), anomaly: 'currency_mismatch', status: 200 },
  otherApp: { words: { appid: 'wx9999999999999999' }, anomaly: 'merchant_mismatch', status: 200 },
  otherMerchant: { words: { mchid: '1999999999' }, anomaly: 'merchant_mismatch', status: 200 },
  otherPayer: { words: { payer: { openid: 'oSomebodyElse' } }, anomaly: 'payer_mismatch', status: 200 },
  notPaid: { words: { trade_state: 'NOTPAY' }, anomaly: null, status: 200 },
  refunded: { words: { trade_state: 'REFUND' }, anomaly: null, status: 200 },
  otherEvent: { eventType: 'PAYSCORE.USER_PAID', anomaly: null, status: 200 },
  unknownOrder: { words: { out_trade_no: '' }, anomaly: 'unknown_order', status: 500 },
  secondTransaction: { isSecond: true, anomaly: 'second_payment', status: 200 },
};

/** One case in a world: the order and its notices. */
interface Told {
  readonly name: string;
  readonly wrong: Wrong;
  /** The order number in the notice. */
  readonly orderNumber: string;
  notice(): RawCall;
  /** The right notice of the same payment. */
  right(): RawCall;
}

async function prepare(shop: Shop, name: string, wrong: Wrong, index: number): Promise<Told> {
  const { world } = shop;
  const buyer = await shop.buyer(`buyer${index}`);
  const order = await shop.order(buyer, { fen: FEN });
  if (wrong.isSecond) world.wechatPay.faults.next('payTwice');
  if (!(await shop.pay(buyer, order))) throw new Error(`${name} was not paid`);
  if (wrong.isSecond) {
    const [first] = transactionsOf(world, order.id);
    const words = paidWords(world, buyer, order, { transaction_id: first?.transactionId });
    await world.call(payNotify, noticeOf(world, words));
    world.clock.advance(MINUTE_MS);
    await world.drain();
  }
  const transactionId = transactionsOf(world, order.id).at(-1)?.transactionId;
  const orderNumber = wrong.words?.out_trade_no === '' ? newOrderId(world) : order.id;
  const right = { transaction_id: transactionId };
  const said = { ...right, ...wrong.words, out_trade_no: orderNumber };
  return {
    name,
    wrong,
    orderNumber,
    notice: () => noticeOf(world, paidWords(world, buyer, order, said), wrong.eventType),
    right: () => noticeOf(world, paidWords(world, buyer, order, right)),
  };
}

/** Delivers a notice several times, and answers what is wrong with the result. */
async function judged(shop: Shop, told: Told): Promise<string[]> {
  const { world } = shop;
  const { name, wrong, orderNumber } = told;
  const violations: string[] = [];
  const exported = () => world.ports.database.exportAll();
  // A second payment has a receipt and is refunded. Any other wrong money leaves only its anomaly.
  const leftOut = wrong.isSecond
    ? ['paymentExceptions', 'receipts', 'refunds', 'journal', 'tasks']
    : ['paymentExceptions'];
  const before = await hashOf(exported(), leftOut);
  for (let count = 0; count < TOLD; count += 1) {
    const { status } = await world.call(payNotify, told.notice());
    if (status !== wrong.status) violations.push(`${name} was answered with ${status}`);
  }
  if ((await hashOf(exported(), leftOut)) !== before) violations.push(`${name} changed something`);
  const store = await Export.of(exported());
  const kinds = store
    .all('paymentExceptions')
    .filter((one) => one.orderNumber === orderNumber)
    .map((one) => one.kind);
  const wanted = wrong.anomaly === null ? [] : [wrong.anomaly];
  if (String(kinds) !== String(wanted)) violations.push(`${name} has the anomalies ${kinds}`);
  const alarms = world.logs.filter((one) => one.orderNumber === orderNumber && one.level === 'warn');
  if (alarms.length > 0 !== wanted.length > 0) violations.push(`${name} raised ${alarms.length} alarms`);
  return violations;
}

/**
 * Seen red: without the comparison of amount and payer, a notice of another payer settles the order. A notice of
 * another amount is then answered with 500, because the journal refuses entries that do not balance.
 *
 * Notices without money (not paid, refunded, another product's) are answered and dropped, because staff have nothing to
 * decide. The alarm is a warning in the log that names what is wrong.
 */
export const R06 = bar({
  proves:
    'genuine notices of wrong money grant nothing, are written down once each, and are answered as they should',
  flags: { rounds: 5 },
  brief: { rounds: 2 },
  run: async ({ seed, flags }) => {
    const shop = await openShop(seed);
    loseNotices(shop.world);
    const told: Told[] = [];
    for (let round = 0; round < flags.rounds; round += 1)
      for (const [name, wrong] of Object.entries(matrix))
        told.push(await prepare(shop, name, wrong, told.length));
    const violations: string[] = [];
    for (const one of told) violations.push(...(await judged(shop, one)));
    // Only the notices were wrong, not the money: a right notice of the same payment is still believed.
    for (const one of told) {
      const { status } = await shop.world.call(payNotify, one.right());
      if (status !== 200) violations.push(`${one.name}: the right words were answered with ${status}`);
    }
    await shop.rest(5);
    violations.push(...(await shop.audit(true)));
    const measured = { cases: Object.keys(matrix).length, notices: told.length * TOLD, violations };
    return { pass: violations.length === 0, measured };
  },
});
