/** Drops: a number of equal coupons that staff drop into a group or behind a link, for whoever comes first. */
import * as z from 'zod';
import {
  CouponId,
  DropId,
  GroupId,
  OpenGid,
  pageOf,
  storedText,
  TemplateId,
  TimeMs,
  text,
  UserId,
} from '../base.ts';
import { CouponRule, CouponScope, CouponValidity } from '../coupons/coupon.ts';

/** The most coupons in one drop. */
export const DROP_COUNT_MAX = 500;
/** The longest that a drop is open. */
export const DROP_HOURS_MAX = 24;

/**
 * Who may claim. `group`: the members of one of our groups. `wechat_group`: who comes from a chat of WeChat with
 * several people, from that one or, for null, from any. `link`: whoever has the link.
 */
export const DropAudience = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('group'), groupId: GroupId }),
  z.strictObject({ kind: z.literal('wechat_group'), openGid: OpenGid.nullable() }),
  z.strictObject({ kind: z.literal('link') }),
]);
export type DropAudience = z.infer<typeof DropAudience>;

/** A drop as staff write it. The client makes the id, so that a repeat creates once. */
export const DropDraft = z.strictObject({
  id: DropId,
  title: text(40),
  templateId: TemplateId,
  count: z.int().min(1).max(DROP_COUNT_MAX),
  hours: z.int().min(1).max(DROP_HOURS_MAX),
  audience: DropAudience,
});
export type DropDraft = z.infer<typeof DropDraft>;

/** `draft → published → ended`. A draft can be ended too. */
export const DropState = z.enum(['draft', 'published', 'ended']);
export type DropState = z.infer<typeof DropState>;

/** A stored drop. While it is open, what is left of it is set aside in the stock of its template. */
export const Drop = z.object({
  ...DropDraft.shape,
  title: storedText(DropDraft.shape.title),
  state: DropState,
  /** When it ends by itself (exclusive); null before it was published. */
  endsAtMs: TimeMs.nullable(),
  /** How many were claimed; null until it has ended. */
  claimedCount: z.int().min(0).nullable(),
  /** A digest of the draft it was created with. The same id with other content is refused. */
  draftDigest: z.string().length(64),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Drop = z.infer<typeof Drop>;

/** A stored claim, under `<drop>:<user>`, so that nobody gets two. */
export const DropClaim = z.object({
  id: z.string().max(70),
  dropId: DropId,
  userId: UserId,
  couponId: CouponId,
  /** The chat from which it was claimed; null where that was not asked. */
  openGid: OpenGid.nullable(),
  claimedAtMs: TimeMs,
});
export type DropClaim = z.infer<typeof DropClaim>;

const Base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);

/** What `wx.getGroupEnterInfo` gave the phone, encrypted under the user's session key. */
export const GroupProof = z.strictObject({ encryptedData: Base64.max(2_048), iv: Base64.max(32) });
export type GroupProof = z.infer<typeof GroupProof>;

/** Why the caller cannot claim now. */
export const NotClaimableDrop = z.enum(['ended', 'empty', 'login_first', 'not_in_group']);
export type NotClaimableDrop = z.infer<typeof NotClaimableDrop>;

/** A drop as learners see it. */
export const DropView = z.object({
  id: DropId,
  title: z.string(),
  audience: z.enum(['group', 'wechat_group', 'link']),
  groupId: GroupId.nullable(),
  coupon: z.object({
    title: z.string(),
    rule: CouponRule,
    scope: CouponScope,
    validity: CouponValidity,
  }),
  count: z.int(),
  leftCount: z.int(),
  endsAtMs: TimeMs,
  /** Whether the caller has claimed it. Their coupon is among their coupons. */
  isClaimed: z.boolean(),
  /** Null when the caller may claim, and when they have. Whether they come from a chat shows only when they claim. */
  whyNot: NotClaimableDrop.nullable(),
});
export type DropView = z.infer<typeof DropView>;

/** A drop as staff see it. `leftCount` is what would go back to the stock now. */
export const StaffDropView = Drop.omit({ draftDigest: true, claimedCount: true }).extend({
  claimedCount: z.int(),
  leftCount: z.int(),
});
export type StaffDropView = z.infer<typeof StaffDropView>;

/** One page of drops, for staff. */
export const StaffDropPage = pageOf(StaffDropView);

/** How many were claimed from one chat of WeChat. */
export const ClaimedFrom = z.object({ openGid: OpenGid, count: z.int() });
export type ClaimedFrom = z.infer<typeof ClaimedFrom>;
