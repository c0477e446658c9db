/** Checks of pictures and sounds, whose verdicts the platform pushes later. */
import * as z from 'zod';
import { TimeMs, UploadId } from '../base.ts';
import { ReviewTarget } from './review.ts';

/** The check of one file of one version, under `<target>:<version>:<upload>`. */
export const MediaCheck = z.object({
  id: z.string().max(160),
  target: ReviewTarget,
  version: z.int().min(1),
  uploadId: UploadId,
  /** How often the platform was asked. */
  asked: z.int().min(0),
  askedAtMs: TimeMs.nullable(),
  /** When we last handed the file to who had the address that only the platform was given; null for never. */
  fetchedAtMs: TimeMs.nullable(),
  createdAtMs: TimeMs,
});
export type MediaCheck = z.infer<typeof MediaCheck>;

/** Which check a verdict of the platform is about, under the platform's trace id. */
export const MediaTrace = z.object({
  id: z.string().min(1).max(64),
  checkId: MediaCheck.shape.id,
  createdAtMs: TimeMs,
});
export type MediaTrace = z.infer<typeof MediaTrace>;
