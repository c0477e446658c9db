/**
 * Refunds: money on its way back, and what goes back with it. A refund that the rail has accepted has not reached
 * the buyer yet.
 */
import { questionRefunded } from '../../../events/questionRefunded.ts';
import { refundRequested } from '../../../events/refundRequested.ts';
import { refundSucceeded } from '../../../events/refundSucceeded.ts';
import { fail } from '../../errors.ts';
import { type Fact, fact } from '../../event.ts';
import { type Fen, fen, MINUTE_MS, type ProductId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { LineRefund, Order, PricedLine } from '../../schemas/orders/order.ts';
import type { Payment } from '../../schemas/payments/payment.ts';
import type {
  Approval,
  Refund,
  RefundLine,
  RefundQuote,
  RefundState,
  RefundView,
} from '../../schemas/refunds/refund.ts';
import type { Task } from '../../schemas/task.ts';
import { pointsOf } from '../orders/order.ts';
import { firstSyncAtMs } from '../payments/payment.ts';
import { allocate } from '../pricing/allocation.ts';

/**
 * The state machine of a refund: the states that may follow each state. `success`, `closed` and `rejected` are
 * final. An `abnormal` refund, which the rail could not make by itself, may still be completed by staff at the rail.
 * It does not go back to `processing`, because that may be an older answer.
 *
 *   requested ──▶ rejected
 *       └──▶ approved ──▶ processing ──▶ success | closed
 *                └────────────┴────────▶ abnormal ──▶ success | closed
 *
 * The rail's news may arrive before the answer to our request: approved ──▶ success | closed. Staff may close a refund
 * that the rail has never heard of.
 */
const next = {
  requested: ['approved', 'rejected'],
  rejected: [],
  approved: ['processing', 'success', 'closed', 'abnormal'],
  processing: ['success', 'closed', 'abnormal'],
  success: [],
  closed: [],
  abnormal: ['success', 'closed'],
} as const satisfies Record<RefundState, readonly RefundState[]>;

function mayBecome(refund: Refund, state: RefundState): boolean {
  const possible: readonly RefundState[] = next[refund.state];
  return possible.includes(state);
}

/** The fact that makes the system ask the rail for a refund. */
export function toSubmit(refund: Refund): Fact {
  return fact(refundRequested, refund.id, { refundId: refund.id });
}

interface Asked {
  readonly id: string;
  /** `userId` is null for an order that only the rail knows. */
  readonly order: Pick<Order, 'id' | 'rail' | 'platform'> & Pick<Refund, 'userId'>;
  readonly reason: Refund['reason'];
  readonly now: TimeMs;
}

/** The facts that a refund's money is back: one, and one more for a question that its order paid for. */
export function succeeded(
  refund: Refund,
  { userId, lines: bought }: Pick<Order, 'userId' | 'lines'>,
  now: TimeMs,
): readonly Fact[] {
  const { id: refundId, orderId, reason, refundFen, lines } = refund;
  const takenBack = lines.flatMap(({ productId, takesAccess }) => (takesAccess ? productId : []));
  const told = { refundId, orderId, userId, reason, refundFen, takenBack };
  return [
    fact(refundSucceeded, refundId, { ...told, succeededAtMs: now }),
    ...bought
      .flatMap(({ questionId }) => questionId ?? [])
      .map((questionId) => fact(questionRefunded, refundId, { questionId, orderId })),
  ];
}

function newRefund({ id, order, reason, now }: Asked): Refund {
  return {
    id,
    orderId: order.id,
    userId: order.userId,
    rail: order.rail,
    platform: order.platform,
    transactionId: null,
    refundFen: fen(0),
    totalFen: fen(0),
    reason,
    words: null,
    lines: [],
    state: 'requested',
    approvals: [],
    approvalsNeeded: 0,
    rejected: null,
    pointsReturned: 0,
    pointsTaken: 0,
    syncNextAtMs: null,
    syncTries: 0,
    requestedAtMs: now,
    approvedAtMs: null,
    finishedAtMs: null,
    updatedAtMs: now,
  };
}

/** A refund of one whole transaction that paid for nothing, and the fact that requests it at the rail. */
export function requestRefund(
  asked: Asked & {
    readonly rail: Refund['rail'];
    readonly transactionId: string;
    readonly receivedFen: Fen;
  },
): { readonly refund: Refund; readonly facts: readonly Fact[] } {
  const { rail, transactionId, receivedFen, now } = asked;
  const refund: Refund = {
    ...newRefund(asked),
    rail,
    transactionId,
    refundFen: receivedFen,
    totalFen: receivedFen,
    state: 'approved',
    approvedAtMs: now,
  };
  return { refund, facts: [toSubmit(refund)] };
}

/**
 * A refund of some lines of an order, before anybody has approved it.
 * @throws order.not_paid, refund.line_unknown, refund.too_much
 */
export function refundOfLines(
  asked: Asked & {
    readonly order: Order;
    readonly payment: Payment;
    readonly lines: readonly RefundLine[];
    readonly words: string | null;
    /** The approvals needed; decided by the amount when left out. */
    readonly approvalsNeeded?: number;
    /** Other refunds of the order. What those ask for that wait for staff cannot be asked for again. */
    readonly others?: readonly Refund[];
  },
): Refund {
  const { order, payment, lines, words } = asked;
  refuseTooMuch(order, lines, asked.others);
  return {
    ...newRefund(asked),
    transactionId: payment.transactionId,
    totalFen: payment.amountFen,
    refundFen: fen(lines.reduce((sum, line) => sum + line.refundFen, 0)),
    lines: [...lines],
    words,
    approvalsNeeded: asked.approvalsNeeded ?? staffNeeded(order, lines),
  };
}

/**
 * The stored refund, as the answer to a repeated request.
 * @throws refund.id_taken when the id was used for a different request
 */
export function askedBefore(
  refund: Refund,
  asked: {
    readonly orderId: string;
    readonly reason: Refund['reason'];
    readonly words: string;
    /** The sum of the lines when left out. */
    readonly refundFen?: number;
    /** Null for everything that was left. A field that a line leaves out is not compared. */
    readonly lines: readonly (Pick<RefundLine, 'productId'> & Partial<RefundLine>)[] | null;
  },
): Refund {
  const askedFen = asked.refundFen ?? asked.lines?.reduce((sum, line) => sum + (line.refundFen ?? 0), 0);
  const isAsked = (line: RefundLine) =>
    asked.lines === null ||
    asked.lines.some(
      ({ productId, refundFen = line.refundFen, takesAccess = line.takesAccess }) =>
        productId === line.productId && refundFen === line.refundFen && takesAccess === line.takesAccess,
    );
  const isMore = asked.lines?.some(
    ({ productId, refundFen }) =>
      refundFen !== undefined && !refund.lines.some((line) => line.productId === productId),
  );
  const isSame =
    isMore !== true &&
    refund.orderId === asked.orderId &&
    refund.reason === asked.reason &&
    refund.words === asked.words &&
    refund.refundFen === askedFen &&
    refund.lines.every(isAsked);
  if (!isSame) throw fail('refund.id_taken');
  return refund;
}

/** How much of a line is on its way back, and how much has gone back. */
export function lineRefundOf(order: Order, productId: ProductId): LineRefund {
  const found = order.lineRefunds.find((line) => line.productId === productId);
  return found ?? { productId, refundingFen: fen(0), refundedFen: fen(0) };
}

/**
 * Refuses a second request for a line while the first waits for staff.
 * @throws refund.already_asked
 */
export function refuseAskedTwice(refund: Refund, others: readonly Refund[]): void {
  for (const { productId } of refund.lines) {
    const isWaiting = ({ id, state, lines }: Refund) =>
      id !== refund.id && state === 'requested' && lines.some((line) => line.productId === productId);
    if (others.some(isWaiting)) throw fail('refund.already_asked', { params: { productId } });
  }
}

/** How much of a line has not gone back and is not on its way, in fen. */
export function leftFen(order: Order, line: PricedLine): Fen {
  const { refundingFen, refundedFen } = lineRefundOf(order, line.productId);
  return fen(line.paidFen - refundingFen - refundedFen);
}

/** The refunds that wait for a decision of staff. */
export function openRefunds(refunds: readonly Refund[]): readonly Refund[] {
  return refunds.filter(({ state }) => state === 'requested');
}

/** How much of a line can still be asked for, in fen: what is left of it, without what open refunds ask for. */
export function askableFen(order: Order, line: PricedLine, others: readonly Refund[]): Fen {
  const asked = openRefunds(others).flatMap(({ lines }) =>
    lines.filter(({ productId }) => productId === line.productId),
  );
  const openFen = asked.reduce((sum, { refundFen }) => sum + refundFen, 0);
  return fen(Math.max(0, leftFen(order, line) - openFen));
}

function changeLines(
  order: Order,
  lines: readonly RefundLine[],
  how: (line: LineRefund, by: number) => LineRefund,
) {
  const changed = lines.map(({ productId, refundFen }) => how(lineRefundOf(order, productId), refundFen));
  const others = order.lineRefunds.filter(
    (line) => !changed.some((each) => each.productId === line.productId),
  );
  const lineRefunds = [...others, ...changed];
  const sum = (of: 'refundingFen' | 'refundedFen') =>
    fen(lineRefunds.reduce((before, line) => before + line[of], 0));
  return { lineRefunds, refundingFen: sum('refundingFen'), refundedFen: sum('refundedFen') };
}

/** A refund and its order after a step. */
export interface RefundStep {
  readonly refund: Refund;
  readonly order: Order;
}

/**
 * The refund with one more approval; null when the policy approves. With enough approvals it becomes `approved`: its
 * money counts as on its way, and its access is taken back.
 * @throws refund.not_open unless it waits for a decision; refund.same_person when one person would approve twice, or
 * approve a refund to themselves; refund.too_much when less than that is left of a line
 */
export function approveRefund(
  before: RefundStep,
  approval: Omit<Approval, 'atMs'> | null,
  now: TimeMs,
): RefundStep {
  const { refund, order } = before;
  if (!mayBecome(refund, 'approved')) throw fail('refund.not_open', { params: { state: refund.state } });
  const isTheirs = (by: UserId) => by === order.userId || refund.approvals.some((each) => each.by === by);
  if (approval !== null && isTheirs(approval.by)) throw fail('refund.same_person');
  const approvals = approval === null ? refund.approvals : [...refund.approvals, { ...approval, atMs: now }];
  // Other parts may have been refunded since this one was asked for, so the number of approvals is computed again.
  const isByStaff = refund.approvalsNeeded > 0;
  const approvalsNeeded = isByStaff ? Math.max(refund.approvalsNeeded, staffNeeded(order, refund.lines)) : 0;
  const agreed = { ...refund, approvals, approvalsNeeded, updatedAtMs: now };
  if (approvals.length < approvalsNeeded) return { refund: agreed, order };
  refuseTooMuch(order, refund.lines);
  const moving = refund.lines.filter((line) => line.refundFen > 0);
  return {
    refund: { ...agreed, state: 'approved', approvedAtMs: now },
    order: {
      ...order,
      ...changeLines(order, moving, (line, by) => ({ ...line, refundingFen: fen(line.refundingFen + by) })),
      revoked: [...order.revoked, ...takenBy(refund)],
      updatedAtMs: now,
    },
  };
}

/** The lines whose access a refund takes. */
function takenBy({ lines }: Refund): ProductId[] {
  return lines.filter((line) => line.takesAccess).map((line) => line.productId);
}

function refuseTooMuch(order: Order, lines: readonly RefundLine[], others: readonly Refund[] = []): void {
  if (order.state !== 'paid') throw fail('order.not_paid');
  for (const [index, { productId, refundFen }] of lines.entries()) {
    const line = order.lines.find((each) => each.productId === productId);
    const isNamedBefore = lines.slice(0, index).some((each) => each.productId === productId);
    if (line === undefined || isNamedBefore) throw fail('refund.line_unknown', { params: { productId } });
    const left = askableFen(order, line, others);
    if (refundFen > left) throw fail('refund.too_much', { params: { productId, leftFen: left } });
  }
}

/** Above this amount two members of staff must approve: 500 yuan. */
const SECOND_PERSON_FEN = 50_000;

/**
 * How many members of staff must approve. All refunds of the order count together, so a large refund cannot be split
 * into small ones.
 */
function staffNeeded(order: Order, lines: readonly RefundLine[]): 1 | 2 {
  const before = order.refundingFen + order.refundedFen;
  return lines.reduce((sum, line) => sum + line.refundFen, before) > SECOND_PERSON_FEN ? 2 : 1;
}

/** Whether this member of staff has approved. */
export function isAgreedBy(refund: Refund, by: UserId): boolean {
  return refund.approvals.some((each) => each.by === by);
}

/**
 * The refund to try after the rail closed one of money that paid for nothing, and the fact that requests it. It
 * covers what is left of that money. Its id is the first try's id plus `_` and the number of the try: `rl_…_2`.
 * @throws refund.not_open when the rail has not closed it, or it is of order lines, for which a new refund can be
 * asked
 */
export function nextTry(
  closed: Refund,
  leftFen: Fen,
  now: TimeMs,
): { readonly refund: Refund; readonly facts: readonly Fact[] } {
  if (closed.state !== 'closed' || closed.lines.length > 0) {
    throw fail('refund.not_open', { params: { state: closed.state } });
  }
  const [letters, number, tried = '1'] = closed.id.split('_');
  const refund: Refund = {
    ...closed,
    id: `${letters}_${number}_${Number(tried) + 1}`,
    refundFen: fen(Math.min(closed.refundFen, leftFen)),
    state: 'approved',
    syncNextAtMs: null,
    syncTries: 0,
    requestedAtMs: now,
    approvedAtMs: now,
    finishedAtMs: null,
    updatedAtMs: now,
  };
  return { refund, facts: [toSubmit(refund)] };
}

/** The refund, rejected by staff. @throws refund.not_open unless it waits for a decision */
export function rejectRefund(refund: Refund, by: Omit<Approval, 'atMs'>, now: TimeMs): Refund {
  if (!mayBecome(refund, 'rejected')) throw fail('refund.not_open', { params: { state: refund.state } });
  return {
    ...refund,
    state: 'rejected',
    rejected: { ...by, atMs: now },
    finishedAtMs: now,
    updatedAtMs: now,
  };
}

/** How long a call to the rail may still be under way after its task has ended. */
const UNDER_WAY_MS = 2 * MINUTE_MS;

/**
 * Refuses to let staff end a refund, unless the rail was to be asked for it and nobody is asking any more.
 * @throws refund.not_open for any other state; refund.being_asked while the rail may still be asked
 */
export function refuseUnlessStuck(
  { state }: Refund,
  asking: readonly Pick<Task, 'state' | 'updatedAtMs'>[],
  now: TimeMs,
): void {
  if (state !== 'approved' && state !== 'abnormal') throw fail('refund.not_open', { params: { state } });
  const mayCall = (task: (typeof asking)[number]) =>
    task.state === 'pending' || now < task.updatedAtMs + UNDER_WAY_MS;
  if (asking.some(mayCall)) throw fail('refund.being_asked');
}

/** The refund after the rail's news; null when it changes nothing (old news, or the refund is final). */
export function advanceRefund(
  refund: Refund,
  state: 'processing' | 'success' | 'closed' | 'abnormal',
  now: TimeMs,
): Refund | null {
  if (!mayBecome(refund, state)) return null;
  const isUnderWay = state === 'processing';
  return {
    ...refund,
    state,
    syncNextAtMs: isUnderWay ? firstSyncAtMs(now) : null,
    finishedAtMs: isUnderWay ? null : now,
    updatedAtMs: now,
  };
}

/** Whether the rail's report is about this refund: the same payment and the same amount. */
export function isSameAtRail(
  refund: Refund,
  said: { readonly transactionId: string; readonly refundFen: number },
): boolean {
  return refund.transactionId === said.transactionId && refund.refundFen === said.refundFen;
}

/** Refunds that gave nothing back. */
const NOTHING_BACK: readonly RefundState[] = ['requested', 'rejected', 'closed'];
/** Refunds that the rail was never asked for. */
const NOT_ASKED: readonly RefundState[] = ['requested', 'rejected'];
/** Refunds that the rail has made or accepted. */
const AT_RAIL: readonly RefundState[] = ['processing', 'success'];

/** The refunds of a payment that have been made or are on their way. The rail may not have heard of all of them. */
function goingBack(transactionId: string, refunds: readonly Refund[]): readonly Refund[] {
  return refunds.filter((each) => each.transactionId === transactionId && !NOTHING_BACK.includes(each.state));
}

const total = (refunds: readonly Refund[]) => refunds.reduce((sum, { refundFen }) => sum + refundFen, 0);

/**
 * Whether the rail has given back more of a payment than our books say, leaving out one refund that we have not
 * asked for yet. Where the rail only says that something went back, any other refund we know of explains it.
 */
export function isBehind(
  refundId: string,
  refunds: readonly Refund[],
  rails: {
    readonly transactionId: string;
    readonly hasRefunds: boolean;
    readonly movedBackFen?: number | undefined;
  },
): boolean {
  const others = refunds.filter(
    (each) =>
      each.id !== refundId && each.transactionId === rails.transactionId && !NOT_ASKED.includes(each.state),
  );
  if (rails.movedBackFen === undefined) return rails.hasRefunds && others.length === 0;
  return rails.movedBackFen > total(goingBack(rails.transactionId, others));
}

/** How much of a payment has not gone back and is not on its way, in fen. */
export function leftOfPayment(
  receipt: { readonly transactionId: string; readonly amountFen: number },
  refunds: readonly Refund[],
): Fen {
  return fen(Math.max(0, receipt.amountFen - total(goingBack(receipt.transactionId, refunds))));
}

/** How a refund that the rail made by itself fits in with the refunds we know. */
export interface Room {
  readonly refundFen: Fen;
  /** Whether nothing of the payment is left after it. */
  readonly isAll: boolean;
  /** Our refunds that the rail has not accepted, and for which too little is left. */
  readonly toClose: readonly Refund[];
}

/**
 * The room in a payment for a refund that the rail made by itself, of `refundFen` or of everything left (null). When
 * the money does not suffice for our waiting refunds, the newest are closed first. Null when there is not that much
 * left at the rail, or nothing.
 */
export function roomFor(
  receipt: { readonly transactionId: string; readonly amountFen: number },
  refunds: readonly Refund[],
  refundFen: number | null,
): Room | null {
  const going = goingBack(receipt.transactionId, refunds);
  const waiting = going.filter(({ state }) => !AT_RAIL.includes(state));
  const leftAtRail = receipt.amountFen - total(going) + total(waiting);
  const taken = refundFen ?? leftAtRail;
  if (taken <= 0 || taken > leftAtRail) return null;
  const toClose: Refund[] = [];
  for (const each of waiting.toSorted((one, other) => other.requestedAtMs - one.requestedAtMs)) {
    const stays = waiting.filter((refund) => !toClose.includes(refund));
    if (taken + total(stays) > leftAtRail) toClose.push(each);
  }
  return { refundFen: fen(taken), isAll: taken === leftAtRail, toClose };
}

/**
 * The lines of a refund when only its amount is known. The amount is allocated in proportion to what is left of each
 * line. When nothing is left after it, the access to every remaining line is taken too; otherwise no access is taken.
 */
export function linesOfPlatform(order: Order, refundFen: number): readonly RefundLine[] {
  const lefts = order.lines.map((line) => leftFen(order, line));
  const isAll = refundFen === lefts.reduce((sum, left) => sum + left, 0);
  return allocate(refundFen, lefts)
    .map((share, index) => {
      const productId = order.lines[index]?.productId as ProductId;
      return {
        productId,
        refundFen: fen(share),
        takesAccess: isAll && !order.revoked.includes(productId),
      };
    })
    .filter((line) => line.refundFen > 0 || line.takesAccess);
}

/** The order once the money of a refund has reached the buyer. */
export function afterRefund(order: Order, refund: Refund, now: TimeMs): Order {
  const back = refund.lines.filter((line) => line.refundFen > 0 || line.takesAccess);
  const moved = changeLines(order, back, (line, by) => ({
    ...line,
    refundingFen: fen(line.refundingFen - by),
    refundedFen: fen(line.refundedFen + by),
  }));
  return { ...order, ...moved, updatedAtMs: now };
}

/**
 * The order once the rail closed a refund without returning the money: as if it had not been approved. Access that
 * another refund takes stays taken.
 */
export function afterClosedRefund(order: Order, refund: Refund, now: TimeMs): Order {
  const moving = refund.lines.filter((line) => line.refundFen > 0);
  const moved = changeLines(order, moving, (line, by) => ({
    ...line,
    refundingFen: fen(line.refundingFen - by),
  }));
  const restored = takenBy(refund);
  const revoked = order.revoked.filter(
    (id, at) => !restored.includes(id) || order.revoked.indexOf(id) !== at,
  );
  return { ...order, ...moved, revoked, updatedAtMs: now };
}

/** Whether everything of an order has gone back. */
export function isAllBack(order: Order): boolean {
  return order.lines.every((line) =>
    line.paidFen === 0
      ? isFreeBack(order, line)
      : lineRefundOf(order, line.productId).refundedFen === line.paidFen,
  );
}

/** Whether a line that cost no money has gone back finally. Only then does it appear in `lineRefunds`. */
function isFreeBack({ lineRefunds }: Order, { productId }: PricedLine): boolean {
  return lineRefunds.some((line) => line.productId === productId);
}

/**
 * How many of the points it was paid with an order has given back in total: for each line in proportion to its
 * money, rounded down. When everything has gone back, all of them.
 */
function pointsBack(order: Order): number {
  if (pointsOf(order) === 0) return 0;
  const isDone = order.refundingFen === 0 && isAllBack(order);
  if (isDone) return pointsOf(order);
  return order.lines.reduce((sum, line) => {
    const { refundedFen } = lineRefundOf(order, line.productId);
    const { pointsCount } = line.shares;
    if (line.paidFen === 0) return sum + (isFreeBack(order, line) ? pointsCount : 0);
    return sum + Math.floor((pointsCount * refundedFen) / line.paidFen);
  }, 0);
}

/** How many earned points an order keeps after its refunds: in proportion to the money kept, rounded down. */
export function pointsKept(order: Pick<Order, 'earnsPoints' | 'payableFen' | 'refundedFen'>): number {
  if (order.payableFen === 0) return 0;
  return Math.floor((order.earnsPoints * (order.payableFen - order.refundedFen)) / order.payableFen);
}

/** The points that a refund moves: the difference between the order before and after it. */
export function pointsMoved(
  before: Order,
  after: Order,
): { readonly returned: number; readonly taken: number } {
  return { returned: pointsBack(after) - pointsBack(before), taken: pointsKept(before) - pointsKept(after) };
}

/** The refund as its buyer sees it. */
export function refundView(refund: Refund): RefundView {
  return { ...refund, rejectedBecause: refund.rejected?.reason ?? null };
}

/**
 * Accepts a refund quote if it is what the buyer was shown, and returns it.
 * @throws refund.nothing_left, refund.ask_apple, refund.amount_changed with the new quote
 */
export function acceptRefundQuote(quote: RefundQuote, shownFen: Fen): RefundQuote {
  if (quote.by === 'none') throw fail('refund.nothing_left');
  if (quote.by === 'apple') throw fail('refund.ask_apple');
  if (quote.refundFen !== shownFen) throw fail('refund.amount_changed', { params: { quote } });
  return quote;
}
