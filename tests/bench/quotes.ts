/**
 * Quotes: a full order with fifty campaigns and as many coupons, compared with a bare loop over the same lines, in
 * alternation.
 */
import { quote } from '../../shared/domain/pricing/pricing.ts';
import { HOUR_MS, timeMs } from '../../shared/schemas/base.ts';
import { LINES_MAX } from '../../shared/schemas/orders/order.ts';
import { CampaignDraft } from '../../shared/schemas/pricing/promotion.ts';
import { quantile } from '../load/measure.ts';
import { aCoupon, askedFor, linesOf, productIdOf } from '../support/given/coupon.ts';
import { NOW } from '../support/given/holding.ts';

const CAMPAIGNS = 50;
const ROUNDS = 5;

/**
 * The most expensive order possible: every campaign names a hundred products, among them one after the other of the
 * order's.
 */
function fullOrder() {
  const campaigns = Array.from({ length: CAMPAIGNS }, (_, n) => ({
    ...CampaignDraft.parse({
      id: `cmp_01JD00000000000000000000${String(10 + n)}`,
      title: `满减 ${n}`,
      fromAtMs: NOW,
      untilAtMs: NOW + HOUR_MS,
      scope: {
        kind: 'products',
        productIds: Array.from({ length: 100 }, (__, i) => productIdOf((n + i) % 100)),
      },
      ladder: Array.from({ length: 10 }, (__, step) => ({
        thresholdFen: (step + 1) * 10_000,
        offFen: (step + 1) * (100 + n),
      })),
    }),
    state: 'published' as const,
    version: 1,
    draftDigest: 'd'.repeat(64),
    createdAtMs: NOW,
    updatedAtMs: NOW,
  }));
  const coupons = Array.from({ length: 50 }, () => aCoupon());
  const lines = linesOf(...Array.from({ length: LINES_MAX }, (_, n) => 9_900 + n)).map((line) => ({
    ...line,
    limited: { priceFen: line.listFen, fromAtMs: NOW, untilAtMs: timeMs(NOW + HOUR_MS) },
  }));
  const points = { pointsAsked: 10_000, pointsAvailable: 10_000 };
  return askedFor(lines, { campaigns, couponChoice: { kind: 'best', coupons }, ...points });
}

function msEach(count: number, work: () => void): number {
  const from = performance.now();
  for (let n = 0; n < count; n += 1) work();
  return (performance.now() - from) / count;
}

/** Milliseconds of one quote, and of summing the lines' prices: medians of the rounds. */
export function benchQuotes(count: number): { readonly ours: number; readonly bare: number } {
  const asked = fullOrder();
  const ours: number[] = [];
  const bare: number[] = [];
  let sum = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const each = [
      msEach(count, () => {
        for (const line of asked.lines) sum += line.listFen;
      }),
      msEach(count, () => {
        sum += quote(asked).payableFen;
      }),
    ] as const;
    // The first round warms up.
    if (round === 0) continue;
    bare.push(each[0]);
    ours.push(each[1]);
  }
  if (sum === 0) throw new Error('nothing was priced');
  return { ours: quantile(ours, 0.5), bare: quantile(bare, 0.5) };
}
