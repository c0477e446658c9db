/**
 * Refund quotes: what would go back, and who decides. It applies the policy that was shown before paying to what was
 * used since.
 */
import { fail } from '../../errors.ts';
import { DAY_MS, fen, type ProductId, type TimeMs } from '../../schemas/base.ts';
import type { Order, PricedLine } from '../../schemas/orders/order.ts';
import type { Payment } from '../../schemas/payments/payment.ts';
import type {
  NotRefundable,
  Refund,
  RefundLine,
  RefundQuote,
  RefundQuoteLine,
} from '../../schemas/refunds/refund.ts';
import { afterRefund, approveRefund, isAllBack, leftFen, pointsMoved, refundOfLines } from './refund.ts';

/** What the server has seen a buyer use of one product. */
export interface Used {
  /** The share of it that was opened, in basis points. */
  readonly progress: number;
  readonly isDownloaded: boolean;
  /** For gifts: how many friends have claimed theirs. */
  readonly giftsClaimed: number;
}

const UNUSED: Used = { progress: 0, isDownloaded: false, giftsClaimed: 0 };

/** The input of a quote. */
export interface RefundAsked {
  readonly order: Order;
  readonly payment: Payment;
  /** The lines to refund; null for all that are left. */
  readonly productIds: readonly ProductId[] | null;
  readonly used: ReadonlyMap<ProductId, Used>;
  /** Whether we can refund money that came by this rail on this platform. */
  readonly mayRefund: boolean;
  readonly now: TimeMs;
}

/**
 * What a refund of these lines gives back. It is `automatic` when the policy covers every line. Otherwise `staff`
 * decide about what is left. Where only Apple can refund, it is `apple`.
 * @throws order.not_paid, refund.line_unknown
 */
export function quoteRefund(asked: RefundAsked): RefundQuote {
  const { order } = asked;
  if (order.state !== 'paid') throw fail('order.not_paid');
  const lines = named(asked).map((line) => quoteLine(line, asked));
  const open = lines.filter((line) => line.whyNot !== 'nothing_left');
  const isNothing = open.length === 0;
  const isAutomatic = !isNothing && open.every((line) => line.whyNot === null);
  const refunds = open.map(
    ({ productId, policyFen, leftFen: left }): RefundLine => ({
      productId,
      refundFen: isAutomatic ? policyFen : left,
      takesAccess: true,
    }),
  );
  const by = isNothing ? 'none' : !asked.mayRefund ? 'apple' : isAutomatic ? 'automatic' : 'staff';
  return {
    lines,
    refundFen: fen(refunds.reduce((sum, line) => sum + line.refundFen, 0)),
    by,
    ...(isNothing ? NOTHING_ELSE : besides(asked, refunds)),
    keepsDiscount: true,
  };
}

const NOTHING_ELSE = { pointsReturned: 0, pointsTaken: 0, couponReturns: false } as const;

/** The refund that a buyer asks for after seeing this quote. It is approved by the policy, or waits for staff. */
export function refundAsQuoted(
  quote: RefundQuote,
  asked: RefundAsked & { readonly id: string; readonly words: string },
): Refund {
  const { id, order, payment, words, now } = asked;
  const isAutomatic = quote.by === 'automatic';
  const lines = quote.lines
    .filter((line) => line.whyNot !== 'nothing_left')
    .map(({ productId, policyFen, leftFen: left }) => ({
      productId,
      refundFen: isAutomatic ? policyFen : left,
      takesAccess: true,
    }));
  const made = { id, order, payment, lines, words, reason: 'buyer', now } as const;
  return refundOfLines(isAutomatic ? { ...made, approvalsNeeded: 0 } : made);
}

function named({ order, productIds }: RefundAsked): readonly PricedLine[] {
  if (productIds === null) return order.lines.filter((line) => !isGone(order, line));
  return productIds.map((productId) => {
    const line = order.lines.find((each) => each.productId === productId);
    if (line === undefined) throw fail('refund.line_unknown', { params: { productId } });
    return line;
  });
}

/**
 * Whether a line has nothing left to give back: all its money is back or on its way; for a free line, its access is
 * taken.
 */
function isGone(order: Order, line: PricedLine): boolean {
  const isTaken = order.revoked.includes(line.productId);
  return line.paidFen === 0 ? isTaken : leftFen(order, line) === 0;
}

function quoteLine(line: PricedLine, asked: RefundAsked): RefundQuoteLine {
  const { order, now } = asked;
  const used = asked.used.get(line.productId) ?? UNUSED;
  const left = leftFen(order, line);
  const isTaken = order.revoked.includes(line.productId);
  const whyNot = isGone(order, line)
    ? 'nothing_left'
    : asked.mayRefund
      ? problemOf(line, order, used, now)
      : 'ask_apple';
  // Money that already went back is part of what the policy gives.
  const byPolicy = whyNot === null && !isTaken ? policyFen(line, used) - (line.paidFen - left) : 0;
  const { productId, title, paidFen } = line;
  return {
    productId,
    title,
    paidFen,
    leftFen: left,
    policyFen: fen(Math.max(0, Math.min(left, byPolicy))),
    progress: used.progress,
    whyNot: whyNot ?? (isTaken ? 'nothing_left' : null),
  };
}

function problemOf(line: PricedLine, order: Order, used: Used, now: TimeMs): NotRefundable | null {
  const { windowDays, isVoidAfterDownload } = line.refundPolicy;
  const paidAtMs = order.paidAtMs ?? now;
  if (now >= paidAtMs + windowDays * DAY_MS) return 'window_over';
  if (isVoidAfterDownload && used.isDownloaded) return 'downloaded';
  // A line that cost no money goes back whole or not at all, because no fen could stay to show that part of it was
  // used.
  const isWhole = line.paidFen === 0;
  if (line.gifts > 0) return used.giftsClaimed < (isWhole ? 1 : line.gifts) ? null : 'gift_claimed';
  return shareOf(line, used) < (isWhole ? WHOLE : 1) ? 'progress_too_far' : null;
}

/** The whole, in basis points. */
const WHOLE = 10_000;

/**
 * What the policy gives back in total: for gifts the unclaimed share, otherwise the share by progress. It is rounded
 * half up, once. When a part is kept, at least one fen stays, because a line whose money is all back counts as
 * returned with its points and its coupon.
 */
function policyFen(line: PricedLine, used: Used): number {
  const { paidFen, gifts } = line;
  const [part, whole] = gifts === 0 ? [shareOf(line, used), WHOLE] : [gifts - used.giftsClaimed, gifts];
  return part === whole
    ? paidFen
    : Math.min(paidFen - 1, Math.floor((2 * paidFen * part + whole) / (2 * whole)));
}

/** The share that the policy gives back, in basis points. */
function shareOf(line: PricedLine, used: Used): number {
  return line.refundPolicy.tiers.find((tier) => used.progress <= tier.progressMax)?.share ?? 0;
}

/** The use of a product that was opened completely. It has no download, because a download may rule out a refund. */
const USED_UP: Used = { progress: WHOLE, isDownloaded: false, giftsClaimed: 0 };

/**
 * The part of a line's payment, in fen, that the policy no longer refunds once the buyer has opened all of the
 * product. 0 for a product that is not in the order. 0 also for gifts, because others use them.
 */
export function keptFen(order: Order, productId: ProductId, now: TimeMs): number {
  const line = order.lines.find((each) => each.productId === productId);
  if (line === undefined || line.gifts > 0) return 0;
  const left = leftFen(order, line);
  if (problemOf(line, order, USED_UP, now) !== null) return left;
  return Math.min(left, line.paidFen - policyFen(line, USED_UP));
}

/** What would come back besides money if this refund succeeded now. */
function besides(asked: RefundAsked, lines: readonly RefundLine[]) {
  const { order, payment, now } = asked;
  const words = { words: null, approvalsNeeded: 0, reason: 'buyer' } as const;
  const refund = refundOfLines({ id: 'quote', order, payment, lines, now, ...words });
  const approved = approveRefund({ refund, order }, null, now);
  const after = afterRefund(approved.order, approved.refund, now);
  const { returned, taken } = pointsMoved(order, after);
  return {
    pointsReturned: returned,
    pointsTaken: taken,
    couponReturns: order.couponId !== null && isAllBack(after),
  };
}
