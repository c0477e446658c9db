/**
 * What a cart costs, and why. One computation, used by the quote, by the order, and by nothing else, so that a buyer is
 * charged what was shown.
 */
import { type Fen, fen, type TimeMs, type UserId } from '../schemas/base.ts';
import type { Coupon } from '../schemas/coupon.ts';
import type { PricedLine, Quote, Rejected } from '../schemas/order.ts';
import { allocate } from './allocation.ts';
import { couponOffFen, couponProblem, isEligible } from './coupon.ts';
import { earnPoints } from './points.ts';

/** What is to be bought, at the catalogue's price. */
export type CartLine = Pick<
  PricedLine,
  'productId' | 'productVersion' | 'kind' | 'title' | 'access' | 'refundPolicy' | 'plan' | 'gifts' | 'listFen'
>;

/** Everything a price depends on. */
export interface Asked {
  readonly lines: readonly CartLine[];
  /** The coupon as it is stored, or null when none was named or there is none of that id. */
  readonly coupon: Coupon | null;
  /** The coupon's id as the buyer named it, or null for none. */
  readonly couponAskedId: string | null;
  readonly userId: UserId;
  readonly now: TimeMs;
}

/** A quote under way: each line's `paidFen` is what it costs after the steps so far. */
type Working = Pick<Quote, 'lines' | 'applied' | 'rejected'>;

/** One promotion: takes something off the lines and says so, or says why not. */
type Step = (working: Working, asked: Asked) => Working;

/** The promotions in the order in which they count; each measures what those before it left. */
const steps: readonly Step[] = [takeCoupon];

/**
 * The price of the lines. Every promotion is in `applied` with what it takes off, or in `rejected` with the reason; one
 * that takes nothing off is never applied. On each line `listFen` − its shares = `paidFen` ≥ 0, and the shares sum to
 * the discount, to the fen. The order of the lines changes no total. With nothing to pay the rail is `zero`.
 */
export function quote(asked: Asked): Quote {
  const atListPrice: Working = { lines: asked.lines.map(lineAtListPrice), applied: [], rejected: [] };
  const working = steps.reduce((before, step) => step(before, asked), atListPrice);
  const listFen = sumFen(working.lines.map((line) => line.listFen));
  const payableFen = sumFen(working.lines.map((line) => line.paidFen));
  return {
    ...working,
    listFen,
    discountFen: fen(listFen - payableFen),
    payableFen,
    rail: payableFen === 0 ? 'zero' : 'wxpay',
    earnsPoints: earnPoints(payableFen),
  };
}

function lineAtListPrice(line: CartLine): PricedLine {
  const { productId, productVersion, kind, title, access, refundPolicy, plan, gifts, listFen } = line;
  const none = fen(0);
  return {
    productId,
    productVersion,
    kind,
    title,
    access,
    refundPolicy,
    plan,
    gifts,
    listFen,
    source: 'list',
    flashSaleId: null,
    shares: {
      activityFen: none,
      memberFen: none,
      campaignFen: none,
      couponFen: none,
      pointsFen: none,
      pointsCount: 0,
    },
    paidFen: listFen,
  };
}

/** The one coupon of an order, spread over the lines it is for. One that is not there is answered like somebody else's. */
function takeCoupon(working: Working, asked: Asked): Working {
  const { coupon, couponAskedId, userId, now } = asked;
  if (couponAskedId === null) return working;
  const reject = (why: Rejected): Working => ({ ...working, rejected: [...working.rejected, why] });
  if (coupon === null) return reject({ code: 'coupon.not_yours', id: couponAskedId, params: {} });
  const problem = couponProblem(coupon, { userId, lines: working.lines, now });
  if (problem !== null) return reject(problem);
  const offFen = couponOffFen(coupon, working.lines);
  const weights = working.lines.map((line) => (isEligible(coupon.scope, line) ? line.paidFen : 0));
  const shares = allocate(offFen, weights);
  const lines = working.lines.map((line, index): PricedLine => {
    const couponFen = fen(shares[index] ?? 0);
    return { ...line, shares: { ...line.shares, couponFen }, paidFen: fen(line.paidFen - couponFen) };
  });
  const applied = { kind: 'coupon', id: coupon.id, title: coupon.title, offFen } as const;
  return { ...working, lines, applied: [...working.applied, applied] };
}

function sumFen(amounts: readonly Fen[]): Fen {
  return fen(amounts.reduce((before, amount) => before + amount, 0));
}
