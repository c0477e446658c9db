/** How much value one person may give away alone, and how a second person agrees to more. */
import { fail } from '../../errors.ts';
import { DAY_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { StaffAction } from '../../schemas/identity/permission.ts';
import {
  DailyValue,
  type Proposal,
  type ProposalView,
  REQUEST_CHARACTERS_MAX,
  type ValueKind,
  type ValueMade,
} from '../../schemas/identity/proposal.ts';
import type { User } from '../../schemas/identity/user.ts';
import { dayOf } from '../day.ts';
import { mayDo } from './permission.ts';

/** The limits when the configuration sets none. */
export const DEFAULT_DAILY_VALUE: DailyValue = DailyValue.parse({});

/** How long a proposal can be approved and used. */
export const PROPOSAL_MS = DAY_MS;

/** The id of the count of one kind of value for a user on the day of this instant. */
export function valueMadeId(userId: UserId, kind: ValueKind, now: TimeMs): string {
  return `${userId}:${dayOf(now)}:${kind}`;
}

/** The user's count for today with `value` added; null when that exceeds the limit. */
export function makeValue(
  before: ValueMade | null,
  asked: { readonly userId: UserId; readonly kind: ValueKind; readonly value: number; readonly now: TimeMs },
  limit: number,
): ValueMade | null {
  const { userId, kind, value, now } = asked;
  const made = (before?.made ?? 0) + value;
  if (made > limit) return null;
  return { id: valueMadeId(userId, kind, now), userId, day: dayOf(now), kind, made, updatedAtMs: now };
}

/** A request that exceeds the limit. */
export interface Proposed {
  readonly id: string;
  readonly userId: UserId;
  readonly action: StaffAction;
  readonly kind: ValueKind;
  readonly value: number;
  /** The request as JSON. */
  readonly request: string;
  readonly digest: string;
}

function isSame(proposal: Proposal, { digest, kind, value }: Proposed): boolean {
  return proposal.digest === digest && proposal.kind === kind && proposal.value === value;
}

/**
 * The proposal for a request: the existing one while it is for the same request, unused and not expired; otherwise a
 * new one.
 */
export function propose(before: Proposal | null, asked: Proposed, now: TimeMs): Proposal {
  if (before !== null && isSame(before, asked) && before.state !== 'used' && now < before.endsAtMs)
    return before;
  return {
    ...asked,
    request: asked.request.slice(0, REQUEST_CHARACTERS_MAX),
    state: 'waiting',
    approvedBy: null,
    approvedAtMs: null,
    endsAtMs: timeMs(now + PROPOSAL_MS),
    createdAtMs: now,
    updatedAtMs: now,
  };
}

/**
 * The proposal, approved by a second person. `by` is read in the same transaction, so their role is current. A
 * repeated approval by the same person changes nothing.
 * @throws staff.not_yourself, auth.forbidden, proposal.not_open
 */
export function approve(proposal: Proposal, by: User, now: TimeMs): Proposal {
  const { action, state } = proposal;
  if (by.id === proposal.userId) throw fail('staff.not_yourself');
  if (by.state !== 'active' || !mayDo(by.role, action)) throw fail('auth.forbidden', { params: { action } });
  if (state !== 'waiting' && proposal.approvedBy === by.id) return proposal;
  if (state !== 'waiting' || proposal.endsAtMs <= now) throw fail('proposal.not_open');
  return { ...proposal, state: 'approved', approvedBy: by.id, approvedAtMs: now, updatedAtMs: now };
}

/** The proposal, used up by exactly the request that was approved; null when it does not allow that request. */
export function use(proposal: Proposal | null, asked: Proposed, now: TimeMs): Proposal | null {
  if (proposal?.state !== 'approved' || !isSame(proposal, asked) || proposal.endsAtMs <= now) return null;
  return { ...proposal, state: 'used', updatedAtMs: now };
}

/** By how much a price falls, in basis points of the old price, rounded up; 0 when it does not fall. */
export function priceCut(beforeFen: number, afterFen: number): number {
  return afterFen >= beforeFen ? 0 : Math.ceil(((beforeFen - afterFen) * 10_000) / beforeFen);
}

/** The list price, or the one that takes its place once the platforms know it. */
function listed({ listFen, nextListFen }: Product): number {
  return nextListFen ?? listFen;
}

/** The prices of a product, in fen: the list price, the price for members, and its price in points of one fen each. */
const WAYS: readonly ((product: Product) => number)[] = [
  listed,
  (one) => (one.isFreeForMembers ? 0 : Math.min(listed(one), one.memberFen ?? listed(one))),
  (one) => Math.min(listed(one), one.pointsPrice ?? listed(one)),
];

/** How much a new or changed price for a limited time is below the list price, in basis points. */
function limitedCut(before: Product, { limited }: Product): number {
  if (limited === null) return 0;
  const { priceFen, fromAtMs, untilAtMs } = limited;
  const was = before.limited;
  const isSame = was?.priceFen === priceFen && was.fromAtMs === fromAtMs && was.untilAtMs === untilAtMs;
  return isSame ? 0 : priceCut(listed(before), priceFen);
}

/**
 * By how much a change cuts the price of a product that is or was on sale: the largest cut of all ways to pay for it. A
 * withdrawn product counts too, because it can be published again. A draft's price costs the shop nothing.
 */
export function cutOf(before: Product, after: Product): number {
  if (before.publishedAtMs === null) return 0;
  const cuts = WAYS.map((way) => priceCut(way(before), way(after)));
  return Math.max(...cuts, limitedCut(before, after));
}

/**
 * By how much a bundle or column is cheaper than its parts bought alone, in basis points, by the way to pay that is the
 * cheapest. 0 for anything without parts.
 */
export function cutOfParts(bundle: Product, parts: readonly Product[]): number {
  const aloneFen = parts.reduce((sum, part) => sum + listed(part), 0);
  const lowestFen = Math.min(...WAYS.map((way) => way(bundle)), bundle.limited?.priceFen ?? listed(bundle));
  return bundle.parts.length === 0 ? 0 : priceCut(aloneFen, lowestFen);
}

/** A proposal as staff see it. */
export function proposalView({ digest: _, ...proposal }: Proposal): ProposalView {
  return proposal;
}
