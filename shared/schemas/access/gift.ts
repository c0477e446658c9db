/** Gifts: something bought for friends, who claim it by a link. */
import * as z from 'zod';
import { OrderId, ProductId, pageOf, TimeMs, typedCode, UserId } from '../base.ts';
import { AccessRule, MembershipPlan, ProductKind } from '../catalogue/product.ts';
import { GIFTS_MAX } from '../orders/order.ts';

/** `gft` + the ULID of the order + the ULID of the product + a digest, as far as they are letters and digits. */
const GIFT_TOKEN = /^gft([0-9A-HJKMNP-TV-Z]{26})([0-9A-HJKMNP-TV-Z]{26})([0-9a-f]{32})$/i;

/** The token as we write it, whatever signs and spaces a link lost or won on its way; the empty text for no token. */
function writtenToken(plain: string): string {
  const [, order, product, digest] = GIFT_TOKEN.exec(plain) ?? [];
  if (order === undefined || product === undefined || digest === undefined) return '';
  return `gft_${order.toUpperCase()}_${product.toUpperCase()}_${digest.toLowerCase()}`;
}

/** The link's secret: made from the gift's id under a key that only we have, so that it is stored nowhere. */
export const GiftToken = typedCode()
  .overwrite(writtenToken)
  .regex(/^gft_[0-9A-HJKMNP-TV-Z]{26}_[0-9A-HJKMNP-TV-Z]{26}_[0-9a-f]{32}$/);
export type GiftToken = z.infer<typeof GiftToken>;

/** One friend who has claimed theirs. */
const GiftClaim = z.object({ userId: UserId, atMs: TimeMs });

/** A stored gift, `<orderId>:<productId>`: one line of an order, for so many friends. What it gives is the line's. */
export const Gift = z.object({
  id: z.string().max(70),
  orderId: OrderId,
  productId: ProductId,
  buyerId: UserId,
  kind: ProductKind,
  title: z.string().max(60),
  access: AccessRule,
  plan: MembershipPlan.nullable(),
  /** The version of the product that was bought; not there in gifts that did not say. */
  version: z.int().min(1).optional(),
  count: z.int().min(1).max(GIFTS_MAX),
  claims: z.array(GiftClaim).max(GIFTS_MAX),
  /** `revoked`: what nobody has claimed was taken back. What was claimed stays. */
  state: z.enum(['open', 'revoked']),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Gift = z.infer<typeof Gift>;

/** The id of the gift that one line of an order is. */
export function giftId(orderId: OrderId, productId: ProductId): string {
  return `${orderId}:${productId}`;
}

/** A gift as who follows the link sees it. */
export const GiftView = z.object({
  productId: ProductId,
  kind: ProductKind,
  title: z.string(),
  coverUrl: z.string(),
  /** From whom. */
  nickname: z.string(),
  access: AccessRule,
  plan: MembershipPlan.nullable(),
  count: z.int(),
  /** How many can still be claimed. */
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
