/** Checks of pictures and sounds, whose verdicts the platform pushes later. */
import * as z from 'zod';
import { TimeMs, UploadId } from '../base.ts';
import { ReviewTarget } from './review.ts';

/** How many questions about a file are remembered as fetched. It is asked about twice, and again after lost answers. */
export const FETCHED_MAX = 20;

/** The check of one file of one version, under `<target>:<version>:<upload>`. */
export const MediaCheck = z.object({
  id: z.string().max(160),
  target: ReviewTarget,
  version: z.int().min(1),
  uploadId: UploadId,
  /** How often the platform was asked. */
  asked: z.int().min(0),
  askedAtMs: TimeMs.nullable(),
  /**
   * The questions for which we handed out the file, the newest last. Each question has an address of its own that only
   * the platform is given.
   */
  fetched: z.array(z.string().max(40)).max(FETCHED_MAX),
  createdAtMs: TimeMs,
});
export type MediaCheck = z.infer<typeof MediaCheck>;

/** Which check a verdict of the platform is about, under the platform's trace id. */
export const MediaTrace = z.object({
  id: z.string().min(1).max(64),
  checkId: MediaCheck.shape.id,
  question: z.string().max(40),
  createdAtMs: TimeMs,
});
export type MediaTrace = z.infer<typeof MediaTrace>;
