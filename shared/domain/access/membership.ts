/**
 * Memberships: periods laid end to end, computed each time from the grants. No end is stored. Revoking one grant
 * therefore only moves the grants after it; no later renewal is lost, and neither are the days already used of the
 * revoked grant.
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

/** The number of months of each plan. */
const MONTHS = { month: 1, quarter: 3, year: 12 } as const satisfies Record<MembershipPlan['period'], number>;

/** The number of months that a plan gives. */
export function monthsOf({ period }: MembershipPlan): 1 | 3 | 12 {
  return MONTHS[period];
}

/** The length of a plan. */
export function lengthOf(plan: MembershipPlan): MembershipLength {
  return { kind: 'months', months: monthsOf(plan) };
}

/** A scope as a string, for comparing scopes: `platform` or the product's id. */
export function scopeKey(scope: MembershipScope): string {
  return scope.kind === 'platform' ? 'platform' : scope.productId;
}

/** An empty membership. */
export function noMembership(userId: UserId, now: TimeMs): Membership {
  return { id: userId, grants: [], bundles: [], updatedAtMs: now };
}

const isSame = (grant: MembershipGrant, sourceId: SourceId, productId: ProductId | null) =>
  grant.sourceId === sourceId && grant.productId === productId;

/**
 * The membership with one more grant. The same object is returned when the grant is there already, active or
 * revoked.
 */
export function addGrant(before: Membership, given: MembershipGrant, now: TimeMs): Membership {
  if (before.grants.some((grant) => isSame(grant, given.sourceId, given.productId))) return before;
  return { ...before, grants: [...before.grants, given], updatedAtMs: now };
}

/** The membership with this bundle among its bundles. The same object is returned when it is there already. */
export function addBundle(before: Membership, bundleId: ProductId, now: TimeMs): Membership {
  if (before.bundles.includes(bundleId)) return before;
  return { ...before, bundles: [...before.bundles, bundleId], updatedAtMs: now };
}

/**
 * The membership with one grant revoked or active again. The same object is returned when the grant does not exist
 * or is in that state.
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

/** The grants in the order in which their periods follow each other. */
function inOrder(grants: readonly MembershipGrant[]): MembershipGrant[] {
  return grants.toSorted(
    (a, b) => a.atMs - b.atMs || (a.sourceId < b.sourceId ? -1 : a.sourceId > b.sourceId ? 1 : 0),
  );
}

/**
 * The period of each active grant of one scope. A grant begins when it was given, or when the grant before it ends
 * if that is later. Months that follow each other are counted from the start of the first, so three months from 31
 * January end on 30 April and not on 28 April. A revoked grant has used up the time until it was revoked; the next
 * one begins there and keeps its full length.
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

/** The times in which a user is a member of this scope, each with the time it was given. */
export function periodsOfScope(membership: Membership | null, key: string): Span[] {
  const grants = (membership?.grants ?? []).filter((grant) => scopeKey(grant.scope) === key);
  return [...periodsOf(grants)].map(([{ atMs }, { fromAtMs, untilAtMs }]) => {
    return { givenAtMs: atMs, fromMs: fromAtMs, untilMs: untilAtMs };
  });
}

/** When membership of this scope ends (exclusive); 0 when there is none. */
export function membershipUntilAtMs(membership: Membership | null, key: string): TimeMs {
  return timeMs(periodsOfScope(membership, key).at(-1)?.untilMs ?? 0);
}

/**
 * Whether a user gets this product at the member's price now: as a member of the platform, of the product, or of
 * something that contains it. `access.ts` says what a member may use.
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

/** The membership as its owner sees it. `titles` are the titles of the products that the scopes name. */
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

/** Staff give no more once this many grants exist. The rest of GRANTS_MAX is kept for purchases. */
const STAFF_GRANTS_MAX = GRANTS_MAX / 2;

/**
 * The membership with a grant by staff. The same object is returned when it is there already.
 * @throws membership.grant_taken when the id was used for a different grant; membership.too_many
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
 * The grant with this id, if staff may take it back: one that a gift, a code or staff gave.
 * @throws membership.grant_not_found; access.not_revocable for a grant that was paid for
 */
export function revocableGrant(membership: Membership | null, sourceId: SourceId): MembershipGrant {
  const found = membership?.grants.find((grant) => grant.sourceId === sourceId);
  if (found === undefined) throw fail('membership.grant_not_found');
  refuseUnlessRevocable(found);
  return found;
}
