/**
 * Memberships: periods laid end to end, computed each time from what was given. No end is stored, so taking one grant
 * out only moves those after it: a later renewal is never lost with it, nor the days that were lived of what was taken out.
 */
import { fail } from '../../errors.ts';
import type { SourceId } from '../../schemas/access/entitlement.ts';
import {
  GRANTS_MAX,
  type Membership,
  type MembershipGrant,
  type MembershipLength,
  type MembershipPeriod,
  type MembershipScope,
  type MembershipView,
} from '../../schemas/access/membership.ts';
import { DAY_MS, type ProductId, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import type { MembershipPlan } from '../../schemas/catalogue/product.ts';
import { addMonths, atMost } from '../calendar.ts';
import type { Usable } from '../catalogue/product.ts';
import { refuseUnlessRevocable, type Span } from './entitlement.ts';

/** How many months each plan is. */
const MONTHS = { month: 1, quarter: 3, year: 12 } as const satisfies Record<MembershipPlan['period'], number>;

/** How long a plan lasts. */
export function lengthOf(plan: MembershipPlan): MembershipLength {
  return { kind: 'months', months: MONTHS[plan.period] };
}

/** What a membership is of, as one word: to compare scopes by. */
export function scopeKey(scope: MembershipScope): string {
  return scope.kind === 'platform' ? 'platform' : scope.productId;
}

/** A membership with nothing in it. */
export function noMembership(userId: UserId, now: TimeMs): Membership {
  return { id: userId, grants: [], bundles: [], updatedAtMs: now };
}

const isSame = (grant: MembershipGrant, sourceId: SourceId, productId: ProductId | null) =>
  grant.sourceId === sourceId && grant.productId === productId;

/** The membership with one more grant; the very same object when it is there already, active or taken back. */
export function addGrant(before: Membership, given: MembershipGrant, now: TimeMs): Membership {
  if (before.grants.some((grant) => isSame(grant, given.sourceId, given.productId))) return before;
  return { ...before, grants: [...before.grants, given], updatedAtMs: now };
}

/** The membership that knows of this bundle; the very same object when it did before. */
export function addBundle(before: Membership, bundleId: ProductId, now: TimeMs): Membership {
  if (before.bundles.includes(bundleId)) return before;
  return { ...before, bundles: [...before.bundles, bundleId], updatedAtMs: now };
}

/**
 * The membership with one grant taken back, or given again. The very same object comes back when there is no such
 * grant, or it is so already.
 */
export function withGrant(
  before: Membership,
  which: { readonly sourceId: SourceId; readonly productId: ProductId | null },
  state: MembershipGrant['state'],
  now: TimeMs,
): Membership {
  const { sourceId, productId } = which;
  const isMeant = (grant: MembershipGrant) => isSame(grant, sourceId, productId);
  if (!before.grants.some((grant) => isMeant(grant) && grant.state !== state)) return before;
  const changed = ({ revokedAtMs: _, ...grant }: MembershipGrant): MembershipGrant =>
    state === 'active' ? { ...grant, state } : { ...grant, state, revokedAtMs: now };
  const grants = before.grants.map((grant) => (isMeant(grant) ? changed(grant) : grant));
  return { ...before, grants, updatedAtMs: now };
}

/** In the order in which they count. */
function inOrder(grants: readonly MembershipGrant[]): MembershipGrant[] {
  return grants.toSorted(
    (a, b) => a.atMs - b.atMs || (a.sourceId < b.sourceId ? -1 : a.sourceId > b.sourceId ? 1 : 0),
  );
}

/**
 * When each of the active grants of one scope counts, in the order in which they were given: from then, or from the end
 * of the one before where that is later. Months that follow each other are counted from where the first of them began,
 * so that three months from 31 January end on 30 April and not on the 28th. One that was taken back took up the time
 * until then: the next begins where it was cut, and is whole.
 */
export function periodsOf(grants: readonly MembershipGrant[]): Map<MembershipGrant, MembershipPeriod> {
  const periods = new Map<MembershipGrant, MembershipPeriod>();
  let end = timeMs(0);
  let anchor = end;
  let months = 0;
  for (const grant of inOrder(grants)) {
    const fromAtMs = grant.atMs > end ? grant.atMs : end;
    if (grant.state === 'revoked') {
      const full =
        grant.length.kind === 'months'
          ? addMonths(fromAtMs, grant.length.months)
          : atMost(fromAtMs + grant.length.days * DAY_MS);
      const cut = Math.min(full, grant.revokedAtMs ?? 0);
      if (cut <= fromAtMs) continue;
      end = timeMs(cut);
      months = 0;
      continue;
    }
    if (fromAtMs > end || months === 0) {
      anchor = fromAtMs;
      months = 0;
    }
    if (grant.length.kind === 'months') {
      months += grant.length.months;
      end = addMonths(anchor, months);
    } else {
      months = 0;
      end = atMost(fromAtMs + grant.length.days * DAY_MS);
    }
    periods.set(grant, { fromAtMs, untilAtMs: end });
  }
  return periods;
}

/** The times in which somebody is a member of this scope, each with when it was given. */
export function periodsOfScope(membership: Membership | null, key: string): Span[] {
  const grants = (membership?.grants ?? []).filter((grant) => scopeKey(grant.scope) === key);
  return [...periodsOf(grants)].map(([{ atMs }, { fromAtMs, untilAtMs }]) => {
    return { givenAtMs: atMs, fromMs: fromAtMs, untilMs: untilAtMs };
  });
}

/** When membership of this scope ends, exclusive; 0 when there is none. */
export function membershipUntilAtMs(membership: Membership | null, key: string): TimeMs {
  return timeMs(periodsOfScope(membership, key).at(-1)?.untilMs ?? 0);
}

/**
 * Whether somebody gets this product at the member's price now: a member of the platform, of the product, or of
 * something that it is a part of. What a member may use is said by `access.ts`.
 */
export function isMemberFor(
  membership: Membership | null,
  product: Pick<Usable, 'id' | 'partOf'>,
  now: TimeMs,
): boolean {
  if (membership === null) return false;
  const keys = ['platform', product.id, ...product.partOf];
  return keys.some((key) => now < membershipUntilAtMs(membership, key));
}

/** The membership as its owner sees it. `titles` are those of the products that it is of. */
export function membershipView(
  membership: Membership | null,
  titles: ReadonlyMap<string, string>,
  now: TimeMs,
): MembershipView {
  const grants = inOrder(membership?.grants ?? []);
  const scopes = new Map(grants.map(({ scope }) => [scopeKey(scope), scope]));
  return {
    scopes: [...scopes].map(([key, scope]) => {
      const own = grants.filter((grant) => scopeKey(grant.scope) === key);
      const periods = periodsOf(own);
      const untilAtMs = membershipUntilAtMs(membership, key);
      return {
        scope,
        title: titles.get(key) ?? null,
        isLive: now < untilAtMs,
        untilAtMs,
        grants: own.map((grant) => ({ ...grant, period: periods.get(grant) ?? null })),
      };
    }),
  };
}

/** How many grants somebody may have before staff give no more: what is bought later has to find room. */
const STAFF_GRANTS_MAX = GRANTS_MAX / 2;

/**
 * The membership with what staff give; the very same object when it is there already.
 * @throws membership.grant_taken when its id was used for another grant, membership.too_many
 */
export function addByStaff(before: Membership, given: MembershipGrant, now: TimeMs): Membership {
  const found = before.grants.find((grant) => isSame(grant, given.sourceId, given.productId));
  if (found === undefined) {
    if (before.grants.length >= STAFF_GRANTS_MAX) throw fail('membership.too_many');
    return addGrant(before, given, now);
  }
  const isEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  if (!isEqual(found.scope, given.scope) || !isEqual(found.length, given.length)) {
    throw fail('membership.grant_taken');
  }
  return before;
}

/**
 * The grant under this id, which staff may take back: a gift, a code or staff gave it.
 * @throws membership.grant_not_found; access.not_revocable for what was paid for
 */
export function revocableGrant(membership: Membership | null, sourceId: SourceId): MembershipGrant {
  const found = membership?.grants.find((grant) => grant.sourceId === sourceId);
  if (found === undefined) throw fail('membership.grant_not_found');
  refuseUnlessRevocable(found);
  return found;
}
