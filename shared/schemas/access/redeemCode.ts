/** Redeem codes: printed or sent, each used once. */
import * as z from 'zod';
import { CodeBatchId, ProductId, pageOf, storedText, TimeMs, text, typedCode, UserId } from '../base.ts';

/** How many codes one batch has at most. */
export const CODES_MAX = 1000;

/** What staff ask for: so many codes for one product. The client makes the id, so that a repeat makes no others. */
export const CodeBatchDraft = z.strictObject({
  batchId: CodeBatchId,
  title: text(60),
  productId: ProductId,
  count: z.int().min(1).max(CODES_MAX),
  /** Exclusive. */
  expiresAtMs: TimeMs,
});
export type CodeBatchDraft = z.infer<typeof CodeBatchDraft>;

/** A stored batch. Its codes are stored as digests only, and can be made again from the sealed seed. */
export const CodeBatch = z.object({
  id: CodeBatchId,
  title: storedText(CodeBatchDraft.shape.title),
  productId: ProductId,
  count: z.int().min(1).max(CODES_MAX),
  expiresAtMs: TimeMs,
  /** `making` until every code is stored; only the codes of an `active` batch can be used. */
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

/** A stored code. The id is the code's keyed digest; the code itself is stored nowhere. */
export const RedeemCode = z.object({
  id: z.string().length(64),
  batchId: CodeBatchId,
  /** From 1, within the batch. */
  number: z.int().min(1).max(CODES_MAX),
  /** Who has used it; null for nobody. */
  userId: UserId.nullable(),
  redeemedAtMs: TimeMs.nullable(),
});
export type RedeemCode = z.infer<typeof RedeemCode>;

/** Which of a batch's codes were used, by whom and when. */
export const RedeemCodePage = pageOf(RedeemCode.omit({ id: true, batchId: true }));

/** A code as somebody types it. Upper and lower case do not matter, nor O for 0, nor I or L for 1 (`readCode`). */
export const TypedCode = typedCode();
