/** How much value one person may give away alone, and how a second person agrees to more. */
import { fail } from '../../errors.ts';
import { DAY_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import { DailyValue, type ValueKind } from '../../schemas/identity/dailyValue.ts';
import type { StaffAction } from '../../schemas/identity/permission.ts';
import {
  type Proposal,
  type ProposalView,
  REQUEST_CHARACTERS_MAX,
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

/** A proposal as staff see it. */
export function proposalView({ digest: _, ...proposal }: Proposal): ProposalView {
  return proposal;
}
