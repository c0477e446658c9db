import { payNotify } from '../../functions/payments/payNotify.ts';
import { Wire } from '../../local/simulators/wxpay/wire.ts';
import { HOUR_MS, MINUTE_MS } from '../../shared/schemas/base.ts';
import { noticeOf, refundsOf } from '../support/given/payment.ts';
import { askBack } from '../support/given/refund.ts';
import { keys } from '../support/keys.ts';
import type { RawCall } from '../support/world.ts';
import { bar } from './bar.ts';
import { hashOf } from './exported.ts';
import { untoldPayments } from './notices.ts';
import { openShop, type Shop } from './shop.ts';

/** One of this many payments is refunded before its notices are replayed. */
const BACK_EVERY = 2;

/** When each notice is replayed, and the expected answer. A signature is valid for five minutes. */
const REPLAYS = [
  { after: 'no time', ms: 0, status: 200 },
  { after: '4 min', ms: 4 * MINUTE_MS, status: 200 },
  { after: '6 min', ms: 6 * MINUTE_MS, status: 401 },
  { after: '25 h', ms: 25 * HOUR_MS, status: 401 },
];

/**
 * Pays orders, refunds half of the money, and waits until all is finished. Answers the notices of it, freshly signed.
 */
async function noticesOfWhatIsDone(shop: Shop, payments: number): Promise<RawCall[]> {
  const { world } = shop;
  const untold = await untoldPayments(shop, payments);
  const told: RawCall[] = [];
  for (const payment of untold) {
    const { status } = await world.call(payNotify, payment.notice());
    if (status !== 200) throw new Error(`a first notice was answered with ${status}`);
  }
  await shop.rest(1);
  for (const [index, { buyer, order }] of untold.entries()) {
    if (index % BACK_EVERY > 0) continue;
    const { status } = await askBack(world, buyer, order, order.payableFen);
    if (status !== 200) throw new Error(`a refund was answered with ${status}`);
  }
  await shop.rest(5);
  for (const { order, notice } of untold) {
    told.push(notice());
    for (const refund of refundsOf(world, order.id)) {
      const { transactionId, refundNumber, refundFen, totalFen, refundId } = refund;
      const words = {
        mchid: keys.merchantId,
        transaction_id: transactionId,
        out_trade_no: order.id,
        refund_id: refundId,
        out_refund_no: refundNumber,
        refund_status: 'SUCCESS',
        amount: { total: totalFen, refund: refundFen, payer_total: totalFen, payer_refund: refundFen },
      };
      told.push(noticeOf(world, words, 'REFUND.SUCCESS'));
    }
  }
  return told;
}

/**
 * Seen red: without the receipt's guard in `settle`, a payment replayed under a fresh signature settles again and
 * writes something. Without the check of the signature's age, old notices are answered with 200.
 */
export const R05 = bar({
  proves:
    'genuine notices of payments and refunds that come again, early, late or freshly signed, change nothing',
  flags: { payments: 60 },
  brief: { payments: 20 },
  run: async ({ seed, flags, note }) => {
    const shop = await openShop(seed);
    const { world } = shop;
    const told = await noticesOfWhatIsDone(shop, flags.payments);
    note(`${told.length} notices tell of what is done`);
    const violations = await shop.audit(true);
    const before = await hashOf(world.ports.database.exportAll());
    const toldAtMs = world.clock.now();
    const again = async (after: string, calls: readonly RawCall[], wanted: number) => {
      for (const call of calls) {
        const { status } = await world.call(payNotify, call);
        if (status !== wanted) violations.push(`after ${after} one was answered with ${status}`);
      }
      await world.drain();
      if ((await hashOf(world.ports.database.exportAll())) !== before)
        violations.push(`after ${after} something was written`);
    };
    for (const { after, ms, status } of REPLAYS) {
      world.clock.advance(toldAtMs + ms - world.clock.now());
      await again(after, told, status);
    }
    const wire = new Wire({ keys, clock: world.clock, random: world.random });
    const signed = told.map(({ rawBody }) => ({
      rawBody,
      headers: wire.signed(Buffer.from(rawBody).toString(), 'public_key', 0),
    }));
    await again('25 h, freshly signed', signed, 200);
    violations.push(...(await shop.audit(true)));
    const measured = {
      notices: told.length,
      replays: told.length * (REPLAYS.length + 1),
      violations: [...new Set(violations)],
    };
    return { pass: violations.length === 0, measured };
  },
});
