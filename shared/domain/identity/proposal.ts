/** What of value one person makes alone, and how a second one agrees to more. */
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

/** What is so when nobody has written anything. */
export const DEFAULT_DAILY_VALUE: DailyValue = DailyValue.parse({});

/** How long a proposal can be agreed to and used. */
export const PROPOSAL_MS = DAY_MS;

/** Under which id it is counted what the user makes of that kind on the day of this instant. */
export function valueMadeId(userId: UserId, kind: ValueKind, now: TimeMs): string {
  return `${userId}:${dayOf(now)}:${kind}`;
}

/** What the user has made of that kind today after so much more; null when that is more than the limit. */
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

/** What somebody asks for that is more than they may do alone. */
export interface Proposed {
  readonly id: string;
  readonly userId: UserId;
  readonly action: StaffAction;
  readonly kind: ValueKind;
  readonly value: number;
  /** As JSON. */
  readonly request: string;
  readonly digest: string;
}

function isSame(proposal: Proposal, { digest, kind, value }: Proposed): boolean {
  return proposal.digest === digest && proposal.kind === kind && proposal.value === value;
}

/** The proposal of what was asked for: the one there is, while it is of the same request and has not ended, or a new one. */
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
 * The proposal, agreed to by a second person, who is looked at as they are in the same transaction. Who agrees once more
 * changes nothing. @throws staff.not_yourself, auth.forbidden, proposal.not_open
 */
export function approve(proposal: Proposal, by: User, now: TimeMs): Proposal {
  const { action, state } = proposal;
  if (by.id === proposal.userId) throw fail('staff.not_yourself');
  if (by.state !== 'active' || !mayDo(by.role, action)) throw fail('auth.forbidden', { params: { action } });
  if (state !== 'waiting' && proposal.approvedBy === by.id) return proposal;
  if (state !== 'waiting' || proposal.endsAtMs <= now) throw fail('proposal.not_open');
  return { ...proposal, state: 'approved', approvedBy: by.id, approvedAtMs: now, updatedAtMs: now };
}

/** The proposal, used up by the very request that was agreed to; null when it does not allow that. */
export function use(proposal: Proposal | null, asked: Proposed, now: TimeMs): Proposal | null {
  if (proposal?.state !== 'approved' || !isSame(proposal, asked) || proposal.endsAtMs <= now) return null;
  return { ...proposal, state: 'used', updatedAtMs: now };
}

/** How much lower a price is than another, in basis points of that one; 0 when it is not lower. */
export function priceCut(beforeFen: number, afterFen: number): number {
  return afterFen >= beforeFen ? 0 : Math.ceil(((beforeFen - afterFen) * 10_000) / beforeFen);
}

/** How much a change cuts the price of a product that is on sale; what nobody can buy yet costs the shop nothing. */
export function cutOf(before: Product, after: Product): number {
  const afterFen = after.nextListFen ?? after.listFen;
  return before.state === 'published' ? priceCut(before.listFen, afterFen) : 0;
}

/** A proposal, as staff see it. */
export function proposalView({ digest: _, ...proposal }: Proposal): ProposalView {
  return proposal;
}
