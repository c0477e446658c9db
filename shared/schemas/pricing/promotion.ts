/** Promotions that staff run: flash sales with places of their own, and full-reduction campaigns; and what may meet what. */
import * as z from 'zod';
import {
  BasisPoints,
  CampaignId,
  Fen,
  FlashSaleId,
  OrderId,
  ProductId,
  pageOf,
  storedText,
  TimeMs,
  text,
  UserId,
} from '../base.ts';
import { ProductKind } from '../catalogue/product.ts';
import { CouponScope } from '../coupons/coupon.ts';

/** How many products a flash sale has at most: their places are made in one transaction. */
const FLASH_ITEMS_MAX = 12;

/**
 * `draft` can be changed and is seen by staff only; `published` runs from its beginning to its end, and can only be lengthened;
 * `ended` was ended by staff before that.
 */
export const PromotionState = z.enum(['draft', 'published', 'ended']);
export type PromotionState = z.infer<typeof PromotionState>;

/** What every stored promotion has besides what staff wrote. */
const stored = {
  state: PromotionState,
  /** Rises with every change: who changes or publishes it says which they saw. */
  version: z.int().min(1),
  /** Of what it was made with, so that the same id with another content is refused. */
  draftDigest: z.string().length(64),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
};

/** One product of a flash sale: its price, and how many places there are. */
export const FlashItem = z.strictObject({
  productId: ProductId,
  priceFen: Fen.min(1),
  stock: z.int().min(1).max(100_000),
});
export type FlashItem = z.infer<typeof FlashItem>;

/** What staff write. From … until (exclusive); `perUserMax` is of each product. */
export const FlashSaleDraft = z
  .strictObject({
    id: FlashSaleId,
    title: text(40),
    fromAtMs: TimeMs,
    untilAtMs: TimeMs,
    perUserMax: z.int().min(1).max(10),
    items: z
      .array(FlashItem)
      .min(1)
      .max(FLASH_ITEMS_MAX)
      .refine((items) => new Set(items.map((item) => item.productId)).size === items.length),
  })
  .refine((draft) => draft.fromAtMs < draft.untilAtMs, { path: ['untilAtMs'] });
export type FlashSaleDraft = z.infer<typeof FlashSaleDraft>;

/** The version of a promotion that somebody saw when they decided to change or publish it. */
export const SeenVersion = z.int().min(1);

/** A draft written anew by who saw that version of it. */
export const FlashSaleRewrite = FlashSaleDraft.safeExtend({ expectedVersion: SeenVersion });

/** What staff lengthen of a published flash sale, each as it is to be. What is not given stays. */
export const FlashSaleExtension = z.strictObject({
  id: FlashSaleId,
  expectedVersion: SeenVersion,
  untilAtMs: TimeMs.optional(),
  /** How many places there are of a product in all, with those that are taken. */
  places: z
    .array(FlashItem.pick({ productId: true, stock: true }))
    .max(FLASH_ITEMS_MAX)
    .default([]),
});

/** A stored flash sale. Its places are in shards (`FlashStock`), not here. */
export const FlashSale = z.object({
  ...FlashSaleDraft.shape,
  ...stored,
  title: storedText(FlashSaleDraft.shape.title),
});
export type FlashSale = z.infer<typeof FlashSale>;

/** One shard of the places of one product of a sale, `<sale>:<product>:<i>`. */
export const FlashStock = z.object({
  id: z.string().max(80),
  remaining: z.int().min(0),
  taken: z.int().min(0),
});
export type FlashStock = z.infer<typeof FlashStock>;

/** The places that one user holds or has used of one product of a sale, `<sale>:<product>:<user>`, and from which shard each is. */
export const FlashSeats = z.object({
  id: z.string().max(120),
  saleId: FlashSaleId,
  productId: ProductId,
  userId: UserId,
  seats: z.array(z.object({ orderId: OrderId, stockId: z.string().max(80) })).max(10),
  /** How often the user has given a place back without paying, and when last; null for never. */
  givenBack: z
    .object({ count: z.int().min(1), lastAtMs: TimeMs })
    .nullable()
    .default(null),
  updatedAtMs: TimeMs,
});
export type FlashSeats = z.infer<typeof FlashSeats>;

/** A flash sale as anybody sees it, with what is sold in it, and how many places are left. */
export const FlashSaleView = FlashSale.pick({
  id: true,
  title: true,
  fromAtMs: true,
  untilAtMs: true,
  perUserMax: true,
}).extend({
  items: z.array(
    z.object({
      ...FlashItem.shape,
      left: z.int().min(0),
      title: z.string(),
      coverUrl: z.string(),
      listFen: Fen,
    }),
  ),
});
export type FlashSaleView = z.infer<typeof FlashSaleView>;

/** A flash sale as staff see it. */
export const StaffFlashSaleView = FlashSale.omit({ draftDigest: true });

/** One page of flash sales, for staff. */
export const StaffFlashSalePage = pageOf(StaffFlashSaleView);

/** One step of a ladder: over so much, so much off (满减). */
export const LadderStep = z
  .strictObject({ thresholdFen: Fen.min(1), offFen: Fen.min(1) })
  .refine((step) => step.offFen <= step.thresholdFen, { path: ['offFen'] });
export type LadderStep = z.infer<typeof LadderStep>;

/** What staff write: applied by itself to every order of its time, the highest step that is reached. */
export const CampaignDraft = z
  .strictObject({
    id: CampaignId,
    title: text(40),
    fromAtMs: TimeMs,
    untilAtMs: TimeMs,
    scope: CouponScope,
    /** From the lowest threshold to the highest; a higher one takes more off. */
    ladder: z
      .array(LadderStep)
      .min(1)
      .max(10)
      .refine((steps) =>
        steps.every((step, index) => {
          const before = steps[index - 1];
          return (
            before === undefined || (before.thresholdFen < step.thresholdFen && before.offFen < step.offFen)
          );
        }),
      ),
  })
  .refine((draft) => draft.fromAtMs < draft.untilAtMs, { path: ['untilAtMs'] });
export type CampaignDraft = z.infer<typeof CampaignDraft>;

/** A draft written anew by who saw that version of it. */
export const CampaignRewrite = CampaignDraft.safeExtend({ expectedVersion: SeenVersion });

/** A stored campaign. */
export const Campaign = z.object({
  ...CampaignDraft.shape,
  ...stored,
  title: storedText(CampaignDraft.shape.title),
});
export type Campaign = z.infer<typeof Campaign>;

/** A campaign as staff see it. */
export const StaffCampaignView = Campaign.omit({ draftDigest: true });

/** One page of campaigns, for staff. */
export const StaffCampaignPage = pageOf(StaffCampaignView);

/** What may meet what on one line; on the whole order for the last three. */
export const Combinations = z.strictObject({
  flashWithCampaign: z.boolean().default(false),
  flashWithCoupon: z.boolean().default(false),
  flashWithPoints: z.boolean().default(true),
  limitedWithCampaign: z.boolean().default(true),
  limitedWithCoupon: z.boolean().default(true),
  memberWithCampaign: z.boolean().default(true),
  memberWithCoupon: z.boolean().default(true),
  campaignWithCoupon: z.boolean().default(true),
  campaignWithPoints: z.boolean().default(true),
  couponWithPoints: z.boolean().default(true),
});
export type Combinations = z.infer<typeof Combinations>;

/**
 * What configuration says of selling. What it leaves out is the strict reading of what the platforms allow, and lets
 * every promotion meet every other, but a flash sale neither campaign nor coupon.
 */
export const Selling = z.strictObject({
  /** Kinds that may be paid by WeChat Pay inside the mini-program, by the owner's licence. */
  wxpayKindsInMiniProgram: z.array(ProductKind).default([]),
  /** Of virtual payment: at least so much of a price has to be paid, or nothing at all. */
  xpayShareMin: BasisPoints.prefault(4_000),
  /** Whether a price may be discounted on iOS at all. */
  mayDiscountOnIos: z.boolean().default(false),
  /** At most so much of an order is paid with points. */
  pointsShareMax: BasisPoints.prefault(5_000),
  /** What an inviter gets in points is at most so much of what the friend paid and kept. */
  inviterShareMax: BasisPoints.prefault(1_000),
  /** An order of a friend of whom less was paid and kept earns an inviter nothing. */
  inviterOrderMinFen: Fen.prefault(1_000),
  combinations: Combinations.prefault({}),
});
export type Selling = z.infer<typeof Selling>;
