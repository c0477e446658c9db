import { payNotify } from '../../functions/payments/payNotify.ts';
import { seeded } from '../support/seeded.ts';
import { bar, lanes, percentile, shuffled } from './bar.ts';
import { untoldPayments } from './notices.ts';
import { openShop } from './shop.ts';

const DUPLICATES = 10;
const AT_ONCE = 64;

/**
 * Seen red: without the receipt's guard in `settle`, payments settle as often as they are notified, and the audit
 * reports it (I3).
 */
export const R03 = bar({
  proves:
    'each payment that is told ten times, shuffled and 64 at a time, settles once, and every notice is answered well',
  flags: { callbacks: 10_000 },
  run: async ({ seed, flags, note }) => {
    const shop = await openShop(seed);
    const untold = await untoldPayments(shop, Math.ceil(flags.callbacks / DUPLICATES));
    note(`${untold.length} payments are in the books`);
    const told = shuffled(
      untold.flatMap((payment) => Array.from({ length: DUPLICATES }, () => payment)),
      seeded(seed),
    );
    const tookMs: number[] = [];
    const answers = await lanes(told, AT_ONCE, async (payment) => {
      const from = performance.now();
      const { status } = await shop.world.call(payNotify, payment.notice());
      tookMs.push(performance.now() - from);
      return status;
    });
    await shop.rest(2);
    const violations = await shop.audit(true);
    const refused = answers.filter((status) => status !== 200 && status !== 204).length;
    const p99Ms = Math.round(percentile(tookMs, 0.99));
    const maxMs = Math.round(Math.max(...tookMs));
    const measured = {
      callbacks: told.length,
      settlements: untold.length,
      refused,
      p99Ms,
      maxMs,
      violations,
    };
    return { pass: refused === 0 && violations.length === 0 && p99Ms <= 1_000 && maxMs < 5_000, measured };
  },
});
