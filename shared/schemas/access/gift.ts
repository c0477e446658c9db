/** Gifts: products bought for friends, who claim them by a link. */
import * as z from 'zod';
import { OrderId, ProductId, pageOf, TimeMs, typedCode, UserId } from '../base.ts';
import { AccessRule, MembershipPlan } from '../catalogue/product.ts';
import { ProductKind } from '../catalogue/productKind.ts';
import { GIFTS_MAX } from '../orders/order.ts';

/** A gift token without its separators: `gft`, the order's ULID, the product's ULID, and a digest. */
const GIFT_TOKEN = /^gft([0-9A-HJKMNP-TV-Z]{26})([0-9A-HJKMNP-TV-Z]{26})([0-9a-f]{32})$/i;

/**
 * The token in its canonical spelling, whatever punctuation and spaces the link lost or gained on its way. The empty
 * text when it is no token.
 */
function writtenToken(plain: string): string {
  const [, order, product, digest] = GIFT_TOKEN.exec(plain) ?? [];
  if (order === undefined || product === undefined || digest === undefined) return '';
  return `gft_${order.toUpperCase()}_${product.toUpperCase()}_${digest.toLowerCase()}`;
}

/** The secret in the link. It is derived from the gift's id under our key, so it is stored nowhere. */
export const GiftToken = typedCode()
  .overwrite(writtenToken)
  .regex(/^gft_[0-9A-HJKMNP-TV-Z]{26}_[0-9A-HJKMNP-TV-Z]{26}_[0-9a-f]{32}$/);
export type GiftToken = z.infer<typeof GiftToken>;

/** One friend's claim. */
const GiftClaim = z.object({ userId: UserId, atMs: TimeMs });

/**
 * A stored gift, under `<orderId>:<productId>`: one line of an order, for `count` friends. It gives what the line
 * says.
 */
export const Gift = z.object({
  id: z.string().max(70),
  orderId: OrderId,
  productId: ProductId,
  buyerId: UserId,
  kind: ProductKind,
  title: z.string().max(60),
  access: AccessRule,
  plan: MembershipPlan.nullable(),
  /** The version of the product that was bought. Older gifts do not have it. */
  version: z.int().min(1).optional(),
  count: z.int().min(1).max(GIFTS_MAX),
  claims: z.array(GiftClaim).max(GIFTS_MAX),
  /** `revoked`: the unclaimed places were taken back. Claimed ones stay. */
  state: z.enum(['open', 'revoked']),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Gift = z.infer<typeof Gift>;

/** The id of the gift of one order line. */
export function giftId(orderId: OrderId, productId: ProductId): string {
  return `${orderId}:${productId}`;
}

/** A gift as a person who follows the link sees it. */
export const GiftView = z.object({
  productId: ProductId,
  kind: ProductKind,
  title: z.string(),
  coverUrl: z.string(),
  /** The giver's name. */
  nickname: z.string(),
  access: AccessRule,
  plan: MembershipPlan.nullable(),
  count: z.int(),
  /** How many places can still be claimed. */
  left: z.int(),
  state: Gift.shape.state,
});
export type GiftView = z.infer<typeof GiftView>;

/** A gift as its buyer sees it. */
export const MyGiftView = Gift.pick({
  orderId: true,
  productId: true,
  kind: true,
  title: true,
  count: true,
  state: true,
  createdAtMs: true,
}).extend({
  token: GiftToken,
  left: z.int(),
  claims: z.array(z.object({ atMs: TimeMs })),
});
export type MyGiftView = z.infer<typeof MyGiftView>;

/** One page of a buyer's gifts. */
export const MyGiftPage = pageOf(MyGiftView);
