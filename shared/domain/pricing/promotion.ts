/**
 * What campaigns and flash sales have in common.
 *
 *   draft ── publish ──▶ published ── end ──▶ ended        its rule no longer changes; it can only be
 *     │                   └─ extend ─┘                     lengthened or get more seats
 *     └────────────────── end ──────────────────┘
 */
import { fail } from '../../errors.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Campaign, FlashSale } from '../../schemas/pricing/promotion.ts';

/** A promotion of either kind. */
type Promotion = Campaign | FlashSale;

/** The fields that staff write. */
type Written<P> = Omit<P, 'state' | 'version' | 'draftDigest' | 'createdAtMs' | 'updatedAtMs'>;

/** Whether a promotion applies at this time. */
export function isRunning(
  { state, fromAtMs, untilAtMs }: Pick<Promotion, 'state' | 'fromAtMs' | 'untilAtMs'>,
  now: TimeMs,
): boolean {
  return state === 'published' && fromAtMs <= now && now < untilAtMs;
}

/** A new draft. */
export function draftOf<D extends object>(draft: D, draftDigest: string, now: TimeMs) {
  return { ...draft, state: 'draft' as const, version: 1, draftDigest, createdAtMs: now, updatedAtMs: now };
}

/**
 * The draft with other content. The same object is returned for a repeat of this change, whose first answer was
 * lost.
 * @throws promotion.not_draft; promotion.version_changed when somebody else changed it meanwhile
 */
export function rewrite<P extends Promotion>(
  before: P,
  { expectedVersion, ...draft }: Written<P> & { readonly expectedVersion: number },
  now: TimeMs,
): P {
  if (before.state !== 'draft') throw fail('promotion.not_draft');
  const after = { ...before, ...draft };
  const isSame = JSON.stringify(after) === JSON.stringify(before);
  if (isSame && before.version === expectedVersion + 1) return before;
  refuseUnlessSeen(before, expectedVersion);
  return { ...after, version: before.version + 1, updatedAtMs: now };
}

/**
 * Refuses to act on a version that is no longer current.
 * @throws promotion.version_changed with the current version
 */
export function refuseUnlessSeen({ version }: Promotion, expectedVersion: number): void {
  if (version !== expectedVersion) throw fail('promotion.version_changed', { params: { version } });
}

/**
 * The promotion, published. One that is published already is returned unchanged.
 * @throws promotion.not_publishable when it was ended, or its time is over
 */
export function publishPromotion<P extends Promotion>(before: P, now: TimeMs): P {
  if (before.state === 'published') return before;
  if (before.state === 'ended') throw fail('promotion.not_publishable', { params: { reason: 'ended' } });
  if (now >= before.untilAtMs) throw fail('promotion.not_publishable', { params: { reason: 'over' } });
  return { ...before, state: 'published', version: before.version + 1, updatedAtMs: now };
}

/**
 * The promotion, ended early. One that has ended already is returned unchanged. Existing orders keep their prices.
 */
export function endPromotion<P extends Promotion>(before: P, now: TimeMs): P {
  if (before.state === 'ended') return before;
  return { ...before, state: 'ended', version: before.version + 1, updatedAtMs: now };
}

/** Refuses one more promotion beside those running or scheduled (`ahead`). @throws promotion.too_many */
export function refuseIfTooMany(ahead: readonly Promotion[], promotionsMax: number): void {
  if (ahead.length >= promotionsMax) throw fail('promotion.too_many', { params: { promotionsMax } });
}

/**
 * The promotion with a later end or more seats. The same object is returned for a repeat of this change, whose first
 * answer was lost.
 * @throws promotion.not_extendable with the reason: it is a draft or ended, its time is over, or it would become
 * shorter; promotion.version_changed
 */
export function extendPromotion<P extends Promotion>(
  before: P,
  asked: { readonly expectedVersion: number; readonly longer: Partial<P> },
  now: TimeMs,
): P {
  const { expectedVersion, longer } = asked;
  const refuse = (reason: string) => fail('promotion.not_extendable', { params: { reason } });
  if (before.state !== 'published') throw refuse(before.state);
  const after = { ...before, ...longer };
  const isSame = JSON.stringify(after) === JSON.stringify(before);
  if (isSame && before.version === expectedVersion + 1) return before;
  refuseUnlessSeen(before, expectedVersion);
  if (now >= before.untilAtMs) throw refuse('over');
  if (after.untilAtMs < before.untilAtMs) throw refuse('shorter');
  return isSame ? before : { ...after, version: before.version + 1, updatedAtMs: now };
}

/**
 * Refuses to delete a promotion that was ever published or ended.
 * @throws promotion.not_draft, promotion.version_changed
 */
export function refuseUnlessDraft(promotion: Promotion, expectedVersion: number): void {
  if (promotion.state !== 'draft') throw fail('promotion.not_draft');
  refuseUnlessSeen(promotion, expectedVersion);
}
