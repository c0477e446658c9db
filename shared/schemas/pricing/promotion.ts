/** Promotions that staff run: flash sales with limited seats, and full-reduction campaigns. */
import * as z from 'zod';
import {
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
import { CouponScope } from '../coupons/coupon.ts';

/** The largest number of products in a flash sale. Their seats are made in one transaction. */
const FLASH_ITEMS_MAX = 12;

/**
 * The state of a promotion. `draft`: it can be changed, and only staff see it. `published`: it runs from its start
 * to its end, and can only be lengthened. `ended`: staff ended it early.
 */
export const PromotionState = z.enum(['draft', 'published', 'ended']);
export type PromotionState = z.infer<typeof PromotionState>;

/** The fields that every stored promotion has besides its draft. */
const stored = {
  state: PromotionState,
  /** Rises with every change. A request to change or publish it names the version that staff saw. */
  version: z.int().min(1),
  /** A digest of the draft it was created with. The same id with other content is refused. */
  draftDigest: z.string().length(64),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
};

/** One product of a flash sale: its price, and its number of seats. */
export const FlashItem = z.strictObject({
  productId: ProductId,
  priceFen: Fen.min(1),
  stock: z.int().min(1).max(100_000),
});
export type FlashItem = z.infer<typeof FlashItem>;

/** A flash sale as staff write it; `untilAtMs` is exclusive. `perUserMax` applies to each product separately. */
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

/** The version of a promotion that staff saw when they decided to change or publish it. */
export const SeenVersion = z.int().min(1);

/** A rewritten draft, with the version that staff saw. */
export const FlashSaleRewrite = FlashSaleDraft.safeExtend({ expectedVersion: SeenVersion });

/**
 * How staff lengthen a published flash sale. Each field is the new value; a field that is left out stays as it is.
 */
export const FlashSaleExtension = z.strictObject({
  id: FlashSaleId,
  expectedVersion: SeenVersion,
  untilAtMs: TimeMs.optional(),
  /** The new total number of seats of a product, those already taken included. */
  places: z
    .array(FlashItem.pick({ productId: true, stock: true }))
    .max(FLASH_ITEMS_MAX)
    .default([]),
});

/** A stored flash sale. Its seats are in shards (`FlashStock`), not here. */
export const FlashSale = z.object({
  ...FlashSaleDraft.shape,
  ...stored,
  title: storedText(FlashSaleDraft.shape.title),
});
export type FlashSale = z.infer<typeof FlashSale>;

/** One shard of the seats of one product of a sale, under `<sale>:<product>:<i>`. */
export const FlashStock = z.object({
  id: z.string().max(80),
  remaining: z.int().min(0),
  taken: z.int().min(0),
});
export type FlashStock = z.infer<typeof FlashStock>;

/**
 * The seats that one user holds or has used of one product of a sale, under `<sale>:<product>:<user>`. Each names
 * the shard it was taken from.
 */
export const FlashSeats = z.object({
  id: z.string().max(120),
  saleId: FlashSaleId,
  productId: ProductId,
  userId: UserId,
  seats: z.array(z.object({ orderId: OrderId, stockId: z.string().max(80) })).max(10),
  /** How often the user gave a seat back without paying, and when last; null for never. */
  givenBack: z
    .object({ count: z.int().min(1), lastAtMs: TimeMs })
    .nullable()
    .default(null),
  updatedAtMs: TimeMs,
});
export type FlashSeats = z.infer<typeof FlashSeats>;

/** A flash sale as anybody sees it, with its products and the number of seats left. */
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

/** One step of a ladder (满减): `offFen` off once `thresholdFen` is reached. */
export const LadderStep = z
  .strictObject({ thresholdFen: Fen.min(1), offFen: Fen.min(1) })
  .refine((step) => step.offFen <= step.thresholdFen, { path: ['offFen'] });
export type LadderStep = z.infer<typeof LadderStep>;

/**
 * A campaign as staff write it. It applies by itself to every order in its time, with the highest step that is
 * reached.
 */
export const CampaignDraft = z
  .strictObject({
    id: CampaignId,
    title: text(40),
    fromAtMs: TimeMs,
    untilAtMs: TimeMs,
    scope: CouponScope,
    /** In rising order of thresholds. A higher threshold takes more off. */
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

/** A rewritten draft, with the version that staff saw. */
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
