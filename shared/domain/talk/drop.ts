/**
 * Drops.
 *
 *   draft ── publish ──▶ published ── its time is over, or staff end it ──▶ ended
 *     └──────────────────────── end ────────────────────────────────────┘
 *
 * Publishing sets its coupons aside in the stock of its template, and ending gives back what is left. So a drop never
 * makes a coupon that finance did not approve with the template.
 */
import { fail } from '../../errors.ts';
import { type CouponId, HOUR_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import type { CouponStock, CouponTemplate } from '../../schemas/coupons/coupon.ts';
import type {
  ClaimedFrom,
  Drop,
  DropClaim,
  DropDraft,
  DropView,
  NotClaimableDrop,
  StaffDropView,
} from '../../schemas/talk/drop.ts';
import { lastClaimMs } from '../coupons/couponTemplate.ts';
import { spread } from '../shards.ts';

/** The most drops that are open from one template at a time. Each shard of its stock counts each of them. */
const OPEN_MAX = 20;

/** How long after WeChat sealed it a proof of a chat counts, and how far its clock may be ahead of ours. */
export const PROOF_MS = 600_000;

/** A new drop, which only staff see. */
export function draftDrop(draft: DropDraft, draftDigest: string, now: TimeMs): Drop {
  const begun = { state: 'draft', endsAtMs: null, claimedCount: null } as const;
  return { ...draft, ...begun, draftDigest, createdAtMs: now, updatedAtMs: now };
}

/** How many coupons a part of a stock holds for a drop. */
export function heldFor({ held }: CouponStock, dropId: Drop['id']): number {
  return held[dropId] ?? 0;
}

/** How many of a drop are left in these parts of its template's stock. */
export function leftOf(stocks: readonly CouponStock[], dropId: Drop['id']): number {
  return stocks.reduce((sum, stock) => sum + heldFor(stock, dropId), 0);
}

/** The parts with `count` coupons set aside for a drop, as evenly as they have some; null when they have too few. */
export function setAside(
  stocks: readonly CouponStock[],
  dropId: Drop['id'],
  count: number,
): readonly CouponStock[] | null {
  const shares = spread(count, stocks.length);
  const taken = stocks.map(({ remaining }, index) => Math.min(remaining, shares[index] ?? 0));
  let missing = count - taken.reduce((sum, each) => sum + each, 0);
  const after = stocks.map((stock, index): CouponStock => {
    const more = Math.min(missing, stock.remaining - (taken[index] ?? 0));
    missing -= more;
    const own = (taken[index] ?? 0) + more;
    if (own === 0) return stock;
    return { ...stock, remaining: stock.remaining - own, held: { ...stock.held, [dropId]: own } };
  });
  return missing > 0 ? null : after;
}

/** The parts with what is left of a drop given back. Parts without any stay the same objects. */
export function giveBack(stocks: readonly CouponStock[], dropId: Drop['id']): readonly CouponStock[] {
  return stocks.map((stock) => {
    const { [dropId]: own, ...held } = stock.held;
    return own === undefined ? stock : { ...stock, remaining: stock.remaining + own, held };
  });
}

/**
 * The open drop, and the parts of the stock with its coupons set aside. When it is open already, the same drop and
 * null.
 * @throws drop.not_publishable with the reason: it has ended, its template is not published or not for drops, nobody
 *   could claim to the end, the stock has too few, or too many drops are open from it
 */
export function publishDrop(
  before: Drop,
  of: { readonly template: CouponTemplate; readonly stocks: readonly CouponStock[] },
  now: TimeMs,
): { readonly drop: Drop; readonly stocks: readonly CouponStock[] | null } {
  const refuse = (reason: string) => fail('drop.not_publishable', { params: { reason } });
  if (before.state === 'published') return { drop: before, stocks: null };
  if (before.state === 'ended') throw refuse('ended');
  const { template } = of;
  if (template.state !== 'published') throw refuse('template_not_published');
  if (template.audience !== 'drop') throw refuse('template_not_for_drops');
  const endsAtMs = timeMs(now + before.hours * HOUR_MS);
  if (now < template.claimFromAtMs || endsAtMs > lastClaimMs(template)) throw refuse('template_over');
  const others = new Set(of.stocks.flatMap(({ held }) => Object.keys(held)));
  if (others.size >= OPEN_MAX) throw refuse('too_many_open');
  const stocks = setAside(of.stocks, before.id, before.count);
  if (stocks === null) throw refuse('too_few_left');
  return { drop: { ...before, state: 'published', endsAtMs, updatedAtMs: now }, stocks };
}

/** The drop, ended, with `left` of it not claimed. One that has ended is returned unchanged. */
export function endDrop(before: Drop, left: number, now: TimeMs): Drop {
  if (before.state === 'ended') return before;
  const claimedCount = before.state === 'draft' ? 0 : before.count - left;
  return { ...before, state: 'ended', claimedCount, updatedAtMs: now };
}

/** Whether a drop can be claimed now, if any are left. Its template may have been ended meanwhile. */
export function isOpen(drop: Drop, { state }: Pick<CouponTemplate, 'state'>, now: TimeMs): boolean {
  return drop.state === 'published' && state === 'published' && now < (drop.endsAtMs ?? 0);
}

/** The id of a user's claim of a drop. */
export function claimId(dropId: Drop['id'], userId: UserId): string {
  return `${dropId}:${userId}`;
}

/**
 * The chat that a proof shows, if it is of the right chat and not too old.
 * @throws drop.not_yours with the reason: `no_proof`, `proof_unreadable` (the phone has logged in since), `proof_old`,
 * or `other_chat`
 */
export function provenChat(
  { audience }: Pick<Drop, 'audience'>,
  proof: { readonly openGid: string; readonly atMs: TimeMs } | null,
  now: TimeMs,
): string {
  const refuse = (reason: string) => fail('drop.not_yours', { params: { reason } });
  if (proof === null) throw refuse('proof_unreadable');
  if (Math.abs(now - proof.atMs) > PROOF_MS) throw refuse('proof_old');
  const isRight = audience.kind === 'wechat_group' && (audience.openGid ?? proof.openGid) === proof.openGid;
  if (!isRight) throw refuse('other_chat');
  return proof.openGid;
}

/** A new claim. */
export function claimOf(
  dropId: Drop['id'],
  by: {
    readonly userId: UserId;
    readonly couponId: CouponId;
    readonly openGid: string | null;
    readonly now: TimeMs;
  },
): DropClaim {
  const { userId, couponId, openGid, now } = by;
  return { id: claimId(dropId, userId), dropId, userId, couponId, openGid, claimedAtMs: now };
}

/** Why somebody who has not claimed it cannot claim a drop; null when they may try. */
export function whyNotDrop(
  drop: Drop,
  of: {
    readonly template: CouponTemplate;
    readonly left: number;
    readonly isLoggedIn: boolean;
    /** Whether they are a member of the group; true where no group of ours is asked for. */
    readonly isMember: boolean;
    readonly now: TimeMs;
  },
): NotClaimableDrop | null {
  if (!isOpen(drop, of.template, of.now)) return 'ended';
  if (of.left === 0) return 'empty';
  if (!of.isLoggedIn) return 'login_first';
  return of.isMember ? null : 'not_in_group';
}

/** A drop as learners see it. What the caller claimed stays theirs, so there is nothing that keeps them from it. */
export function dropView(
  drop: Drop,
  seen: Parameters<typeof whyNotDrop>[1] & { readonly isClaimed: boolean },
): DropView {
  const { id, title, audience, count, endsAtMs } = drop;
  const { template, left: leftCount, isClaimed } = seen;
  const { rule, scope, validity } = template;
  return {
    ...{ id, title, audience: audience.kind, count, leftCount, isClaimed },
    groupId: audience.kind === 'group' ? audience.groupId : null,
    coupon: { title: template.title, rule, scope, validity },
    endsAtMs: endsAtMs ?? drop.createdAtMs,
    whyNot: isClaimed ? null : whyNotDrop(drop, seen),
  };
}

/** A drop as staff see it. `stocks` are all parts of its template's stock. */
export function staffDropView(drop: Drop, stocks: readonly CouponStock[]): StaffDropView {
  const { draftDigest: _, ...shown } = drop;
  const leftCount = leftOf(stocks, drop.id);
  const claimedCount = drop.claimedCount ?? (drop.state === 'draft' ? 0 : drop.count - leftCount);
  return { ...shown, claimedCount, leftCount };
}

/** How many were claimed from each chat, the most first. */
export function claimedFrom(claims: readonly DropClaim[]): ClaimedFrom[] {
  const counts = new Map<string, number>();
  for (const { openGid } of claims) if (openGid !== null) counts.set(openGid, (counts.get(openGid) ?? 0) + 1);
  return [...counts].map(([openGid, count]) => ({ openGid, count })).sort((a, b) => b.count - a.count);
}
