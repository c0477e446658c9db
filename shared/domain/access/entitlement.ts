/**
 * Entitlements: a user's sources of access to one product, and the periods they give. `access.ts` says who may use
 * what.
 */

import { fail } from '../../errors.ts';
import {
  type Entitlement,
  type EntitlementSource,
  entitlementId,
  type GrantCause,
  SOURCES_MAX,
  type SourceId,
  type StaffEntitlementView,
} from '../../schemas/access/entitlement.ts';
import { DAY_MS, type ProductId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { AccessRule, Product } from '../../schemas/catalogue/product.ts';
import { atMost } from '../calendar.ts';
import { isOnShelf } from '../catalogue/shelf.ts';

/**
 * The entitlement with one more source. Each source gives once: when `sourceId` is already there, active or revoked,
 * the same object is returned.
 */
export function grant(
  before: Entitlement | null,
  given: {
    readonly userId: UserId;
    readonly productId: ProductId;
    readonly sourceId: SourceId;
    readonly cause: GrantCause;
    readonly access: AccessRule;
    readonly fromAtMs: TimeMs;
    /** `revoked` when the refund came before the grant. `active` when left out. */
    readonly state?: EntitlementSource['state'];
    /** For a bundle: its version when it was granted. Parts that leave it later stay open. */
    readonly version?: number | undefined;
    /** For a bundle: the parts that were left out of the price because the buyer had them. */
    readonly without?: readonly ProductId[] | undefined;
    readonly now: TimeMs;
  },
): Entitlement {
  const { userId, productId, sourceId, cause, access, fromAtMs, state = 'active', now } = given;
  if (before?.sources.some((source) => source.sourceId === sourceId)) return before;
  const isDated = access.kind === 'until';
  const source = {
    ...{ sourceId, cause, fromAtMs, untilAtMs: endOf(access, fromAtMs), isDated, state },
    ...(given.version === undefined ? {} : { version: given.version }),
    ...(given.without === undefined || given.without.length === 0 ? {} : { without: [...given.without] }),
  };
  return {
    id: entitlementId(userId, productId),
    userId,
    productId,
    sources: [...(before?.sources ?? []), source],
    updatedAtMs: now,
  };
}

function endOf(access: AccessRule, fromAtMs: TimeMs): TimeMs | null {
  if (access.kind === 'forever') return null;
  return access.kind === 'days' ? atMost(fromAtMs + access.days * DAY_MS) : access.untilAtMs;
}

/**
 * The entitlement with one source revoked or active again. The same object is returned when the source does not
 * exist or is in that state.
 */
export function withSource(
  before: Entitlement,
  sourceId: SourceId,
  state: EntitlementSource['state'],
  now: TimeMs,
): Entitlement {
  const isChanging = before.sources.some((source) => source.sourceId === sourceId && source.state !== state);
  if (!isChanging) return before;
  const changed = ({ revokedAtMs: _, ...source }: EntitlementSource): EntitlementSource =>
    state === 'active' ? { ...source, state } : { ...source, state, revokedAtMs: now };
  const sources = before.sources.map((source) => (source.sourceId === sourceId ? changed(source) : source));
  return { ...before, sources, updatedAtMs: now };
}

/** A time in which something opens a product. */
export interface Span {
  /** When it was given. Something given later is laid at its end. */
  readonly givenAtMs: number;
  readonly fromMs: number;
  /** Exclusive; infinite for access without an end. */
  readonly untilMs: number;
}

/** The time that one source gives. */
export interface AccessPeriod extends Span {
  readonly source: EntitlementSource;
}

/**
 * The period of each source that is not revoked. Lengths of time are laid end to end in the order in which they
 * begin, so that a purchase during existing access is added after it. A fixed date only means that access lasts at
 * least until then. A trial moves nothing: what is bought meanwhile begins at once. A revoked source has used up the
 * time until it was revoked; the next one begins there and keeps its full length.
 *
 * `beside` are times in which something else opens the product. A length of time that was given later than such a
 * time begins at its end.
 *
 * Example: two sources of 30 days, bought on 1 June and 10 June, last until 1 July and until 31 July.
 */
export function accessPeriods(entitlement: Entitlement | null, beside: readonly Span[] = []): AccessPeriod[] {
  const periods: AccessPeriod[] = [];
  let takenMs = 0;
  for (const source of (entitlement?.sources ?? []).toSorted((a, b) => a.fromAtMs - b.fromAtMs)) {
    const { fromAtMs, untilAtMs, isDated, state, revokedAtMs = 0 } = source;
    const isLength = !isDated && untilAtMs !== null;
    const freeMs = Math.max(takenMs, fromAtMs);
    const fromMs = isDated ? fromAtMs : isLength ? freeAfter(freeMs, fromAtMs, beside) : freeMs;
    const untilMs = untilAtMs === null ? Number.POSITIVE_INFINITY : fromMs + (untilAtMs - fromAtMs);
    if (state === 'revoked') {
      const cutMs = Math.min(untilMs, revokedAtMs);
      if (cutMs > fromMs) takenMs = Math.max(takenMs, cutMs);
      continue;
    }
    if (source.cause !== 'trial') takenMs = Math.max(takenMs, untilMs);
    periods.push({ source, givenAtMs: fromAtMs, fromMs, untilMs });
  }
  return periods;
}

/** The first moment from `fromMs` on that is outside every span given no later than `givenAtMs`. */
function freeAfter(fromMs: number, givenAtMs: number, beside: readonly Span[]): number {
  const spans = beside.filter((span) => span.givenAtMs <= givenAtMs).toSorted((a, b) => a.fromMs - b.fromMs);
  return spans.reduce(
    (freeMs, span) => (span.fromMs <= freeMs && freeMs < span.untilMs ? span.untilMs : freeMs),
    fromMs,
  );
}

/** The end of the last period (exclusive); 0 when there is none. */
export function lastEnd(periods: readonly Span[]): number {
  return periods.reduce((lastMs, { untilMs }) => Math.max(lastMs, untilMs), 0);
}

/** An end as it is stored and shown: null for never. */
export function endAtMs(untilMs: number): TimeMs | null {
  return untilMs === Number.POSITIVE_INFINITY ? null : atMost(untilMs);
}

/** The end of the access that a user's own entitlement gives (exclusive): null for never, 0 for none. */
export function accessUntilAtMs(entitlement: Entitlement | null): TimeMs | null {
  return endAtMs(lastEnd(accessPeriods(entitlement)));
}

/** Staff give no more once this many sources exist. The rest of SOURCES_MAX is kept for purchases. */
const STAFF_SOURCES_MAX = SOURCES_MAX / 2;

/**
 * Refuses what staff cannot give this way: a membership, a question, a draft, or access that ends on a past date.
 * @throws access.not_grantable with the reason
 */
export function refuseUnlessGrantable(
  { kind, state }: Pick<Product, 'kind' | 'state'>,
  access: AccessRule,
  now: TimeMs,
): void {
  const refuse = (reason: string) => fail('access.not_grantable', { params: { reason } });
  if (kind === 'membership') throw refuse('membership');
  if (!isOnShelf({ kind })) throw refuse('question');
  if (state === 'draft') throw refuse('draft');
  if (access.kind === 'until' && access.untilAtMs <= now) throw refuse('over');
}

/**
 * The entitlement, when staff already gave this under the same id; null when it is still to be given.
 * @throws access.grant_taken when the id was used for a different length of access; access.too_many
 */
export function givenByStaff(
  before: Entitlement | null,
  { sourceId, access }: { readonly sourceId: SourceId; readonly access: AccessRule },
): Entitlement | null {
  const found = before?.sources.find((source) => source.sourceId === sourceId);
  if (before === null || found === undefined) {
    if ((before?.sources.length ?? 0) >= STAFF_SOURCES_MAX) throw fail('access.too_many');
    return null;
  }
  const isSame =
    found.untilAtMs === endOf(access, found.fromAtMs) && found.isDated === (access.kind === 'until');
  if (!isSame) throw fail('access.grant_taken');
  return before;
}

/**
 * What staff may take back: gifts, codes and grants by staff. Purchases with money or points are undone by a refund.
 */
const REVOCABLE: readonly GrantCause[] = ['gift', 'code', 'staff'];

/**
 * Refuses to take back access that was paid for. An order's access goes back by a refund.
 * @throws access.not_revocable with the cause
 */
export function refuseUnlessRevocable({ cause }: { readonly cause: GrantCause }): void {
  if (!REVOCABLE.includes(cause)) throw fail('access.not_revocable', { params: { cause } });
}

/**
 * The entitlement with one source revoked by staff. The same object is returned when it is revoked already.
 * @throws access.not_found when there is no such source; access.not_revocable
 */
export function revokeByStaff(before: Entitlement | null, sourceId: SourceId, now: TimeMs): Entitlement {
  const found = before?.sources.find((source) => source.sourceId === sourceId);
  if (before === null || found === undefined) throw fail('access.not_found');
  refuseUnlessRevocable(found);
  return withSource(before, sourceId, 'revoked', now);
}

/** The entitlement as staff see it. */
export function staffEntitlementView(entitlement: Entitlement): StaffEntitlementView {
  return { ...entitlement, untilAtMs: accessUntilAtMs(entitlement) };
}

/** The id of the audit entry in which staff say why they gave this access. */
export function grantEntryId(entitlementId: string, sourceId: SourceId): string {
  return `access.grant:${entitlementId}:${sourceId}`;
}
