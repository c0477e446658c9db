/** Flags: people tell the shop that something should not be there. */
import * as z from 'zod';
import { TimeMs, ULID_PATTERN, UserId } from '../base.ts';
import { ReviewTarget } from './review.ts';

/** Why somebody flags something. */
export const FlagReason = z.enum([
  'illegal',
  'sexual',
  'abusive',
  'advertising',
  'false',
  'infringing',
  'private',
  'harms_minors',
  'other',
]);
export type FlagReason = z.infer<typeof FlagReason>;

/** What can be flagged: `comment:cmt_…`. */
export const FlagTarget = z.string().regex(new RegExp(`^(?:comment:cmt|topic:top)_${ULID_PATTERN}$`));

/** A stored flag, under `<target>:<version>:<user>`: one of a person and a version. */
export const Flag = z.object({
  id: z.string().max(160),
  target: ReviewTarget,
  version: z.int().min(1),
  userId: UserId,
  reason: FlagReason,
  /** What it weighed when it was made. */
  weight: z.int().min(0),
  /** When staff kept what it was about; null while they have not. */
  overturnedAtMs: TimeMs.nullable(),
  atMs: TimeMs,
});
export type Flag = z.infer<typeof Flag>;
