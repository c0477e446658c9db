/** The reasons a user has for one product, and what they come to. Who may use what is in `access.ts`. */

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

/**
 * The user's access with what one source gives added. A source gives once: for one that is there already, active or
 * taken back, the very same object comes back.
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
    /** `revoked` for what is on its way back before it was given. `active` when not said. */
    readonly state?: EntitlementSource['state'];
    /** The version of a bundle that was promised: what left it later is in it. */
    readonly version?: number | undefined;
    /** The parts of a bundle that were not paid for, because the buyer had them. */
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
 * The access with what one source gave taken back, or given again. The very same object comes back when there is
 * nothing of that source, or it is so already.
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
  /** When it was given: what is given later is laid at its end. */
  readonly givenAtMs: number;
  readonly fromMs: number;
  /** Exclusive; infinite for ever. */
  readonly untilMs: number;
}

/** The time that one source comes to. */
export interface AccessPeriod extends Span {
  readonly source: EntitlementSource;
}

/**
 * When each source that was not taken back counts. Periods are laid end to end in the order they began, so that what is
 * bought while access lasts is added after it; a date only says that it lasts at least so long. What was taken back took
 * up the time until then: what comes after it begins where it was cut, and is whole.
 *
 * `beside` are times in which the product is open by something else. A length of time that was given later than such a
 * time begins at its end.
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
    takenMs = Math.max(takenMs, untilMs);
    periods.push({ source, givenAtMs: fromAtMs, fromMs, untilMs });
  }
  return periods;
}

/** The first moment from `fromMs` on that is in no span which was there when something was given. */
function freeAfter(fromMs: number, givenAtMs: number, beside: readonly Span[]): number {
  const spans = beside.filter((span) => span.givenAtMs <= givenAtMs).toSorted((a, b) => a.fromMs - b.fromMs);
  return spans.reduce(
    (freeMs, span) => (span.fromMs <= freeMs && freeMs < span.untilMs ? span.untilMs : freeMs),
    fromMs,
  );
}

/** When the last of some periods ends, exclusive; 0 for none. */
export function lastEnd(periods: readonly Span[]): number {
  return periods.reduce((lastMs, { untilMs }) => Math.max(lastMs, untilMs), 0);
}

/** An end as it is shown: null for never. */
export function endAtMs(untilMs: number): TimeMs | null {
  return untilMs === Number.POSITIVE_INFINITY ? null : atMost(untilMs);
}

/** When what somebody was given of a product itself ends, exclusive: null for never, 0 when there is nothing. */
export function accessUntilAtMs(entitlement: Entitlement | null): TimeMs | null {
  return endAtMs(lastEnd(accessPeriods(entitlement)));
}

/** How many reasons there may be before staff give no more: what is bought later has to find room. */
const STAFF_SOURCES_MAX = SOURCES_MAX / 2;

/**
 * Refuses what staff cannot give: a membership, which has a way of its own; what was never on sale; and a date that has
 * passed. @throws access.not_grantable with the reason
 */
export function refuseUnlessGrantable(
  { kind, state }: Pick<Product, 'kind' | 'state'>,
  access: AccessRule,
  now: TimeMs,
): void {
  const refuse = (reason: string) => fail('access.not_grantable', { params: { reason } });
  if (kind === 'membership') throw refuse('membership');
  if (state === 'draft') throw refuse('draft');
  if (access.kind === 'until' && access.untilAtMs <= now) throw refuse('over');
}

/**
 * The access, when staff have given this before under the same id; null when it is still to be given.
 * @throws access.grant_taken when the id was used for another length; access.too_many
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

/** What staff may take back: what a gift, a code or staff gave. What was paid for, with money or points, goes another way. */
const REVOCABLE: readonly GrantCause[] = ['gift', 'code', 'staff'];

/** Refuses to take back what was paid for: an order's goes back by a refund. @throws access.not_revocable with the cause */
export function refuseUnlessRevocable({ cause }: { readonly cause: GrantCause }): void {
  if (!REVOCABLE.includes(cause)) throw fail('access.not_revocable', { params: { cause } });
}

/**
 * The access with what one source gave taken back by staff; the very same object when it is so already.
 * @throws access.not_found when there is no such source; access.not_revocable
 */
export function revokeByStaff(before: Entitlement | null, sourceId: SourceId, now: TimeMs): Entitlement {
  const found = before?.sources.find((source) => source.sourceId === sourceId);
  if (before === null || found === undefined) throw fail('access.not_found');
  refuseUnlessRevocable(found);
  return withSource(before, sourceId, 'revoked', now);
}

/** The access as staff see it. */
export function staffEntitlementView(entitlement: Entitlement): StaffEntitlementView {
  return { ...entitlement, untilAtMs: accessUntilAtMs(entitlement) };
}

/** The id of the entry of the audit log in which staff say why they gave access. */
export function grantEntryId(entitlementId: string, sourceId: SourceId): string {
  return `access.grant:${entitlementId}:${sourceId}`;
}
