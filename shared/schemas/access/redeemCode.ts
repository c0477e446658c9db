/** Redeem codes. They are printed or sent, and each can be used once. */
import * as z from 'zod';
import { CodeBatchId, ProductId, pageOf, storedText, TimeMs, text, typedCode, UserId } from '../base.ts';

/** The largest number of codes in one batch. */
export const CODES_MAX = 1000;

/**
 * A batch as staff ask for it: `count` codes for one product. The client makes the id, so that a repeated request
 * makes no second batch.
 */
export const CodeBatchDraft = z.strictObject({
  batchId: CodeBatchId,
  title: text(60),
  productId: ProductId,
  count: z.int().min(1).max(CODES_MAX),
  /** Exclusive. */
  expiresAtMs: TimeMs,
});
export type CodeBatchDraft = z.infer<typeof CodeBatchDraft>;

/** A stored batch. Only digests of its codes are stored. The codes can be derived again from the sealed seed. */
export const CodeBatch = z.object({
  id: CodeBatchId,
  title: storedText(CodeBatchDraft.shape.title),
  productId: ProductId,
  count: z.int().min(1).max(CODES_MAX),
  expiresAtMs: TimeMs,
  /** `making` until every code is stored. Only the codes of an `active` batch can be used. */
  state: z.enum(['making', 'active', 'disabled']),
  seedSealed: z.string().max(200),
  createdBy: UserId,
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type CodeBatch = z.infer<typeof CodeBatch>;

/** A batch as staff see it. */
export const CodeBatchView = CodeBatch.omit({ seedSealed: true });
export type CodeBatchView = z.infer<typeof CodeBatchView>;

/** One page of batches. */
export const CodeBatchPage = pageOf(CodeBatchView);

/** A stored code. The id is the code's keyed digest. The code itself is not stored. */
export const RedeemCode = z.object({
  id: z.string().length(64),
  batchId: CodeBatchId,
  /** The code's number in its batch, from 1. */
  number: z.int().min(1).max(CODES_MAX),
  /** The user who redeemed it; null when nobody has. */
  userId: UserId.nullable(),
  redeemedAtMs: TimeMs.nullable(),
});
export type RedeemCode = z.infer<typeof RedeemCode>;

/** One page of a batch's codes, with who redeemed each and when. */
export const RedeemCodePage = pageOf(RedeemCode.omit({ id: true, batchId: true }));

/** A redeem code as somebody types it. Case does not matter, O is read as 0, and I and L as 1 (`readCode`). */
export const TypedCode = typedCode();
