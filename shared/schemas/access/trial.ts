/** Trials: a course that somebody may use for some days, once for ever, before they buy it. */
import * as z from 'zod';
import { ProductId, TimeMs, UserId } from '../base.ts';

/** A stored trial, under `<userId>:<productId>`. The access that it gives is a source of the entitlement. */
export const Trial = z.object({
  id: z.string().max(70),
  userId: UserId,
  productId: ProductId,
  startedAtMs: TimeMs,
  /** Exclusive. */
  endsAtMs: TimeMs,
});
export type Trial = z.infer<typeof Trial>;

/** A trial as its owner sees it. */
export const TrialView = Trial.omit({ id: true, userId: true });
export type TrialView = z.infer<typeof TrialView>;
