/** Pictures and sounds that people upload to show others. Nobody else reads one before its check has passed. */
import * as z from 'zod';
import { TimeMs, UploadId, UserId } from '../base.ts';
import { MediaKey } from '../catalogue/product.ts';
import { CoverType } from '../catalogue/upload.ts';

/** The file types of a picture and of a sound. */
export const LearnerFileType = z.enum([...CoverType.options, 'audio/mpeg', 'audio/mp4']);
export type LearnerFileType = z.infer<typeof LearnerFileType>;

/** The largest size in bytes: as much as the platform's checker is served. */
export const LEARNER_FILE_BYTES_MAX = 2 * 1024 * 1024;

/** A stored upload. Its file comes straight to the storage, so that it is there is known only to who reads it. */
export const LearnerUpload = z.object({
  id: UploadId,
  userId: UserId,
  key: MediaKey,
  contentType: LearnerFileType,
  bytes: z.int().min(1).max(LEARNER_FILE_BYTES_MAX),
  /** What it belongs to (`comment:cmt_…`), for as long as that names it; null for nothing. */
  usedBy: z.string().max(119).nullable(),
  /** When it ends as long as nothing uses it; null while something does. */
  endsAtMs: TimeMs.nullable(),
  createdAtMs: TimeMs,
});
export type LearnerUpload = z.infer<typeof LearnerUpload>;

/** How to upload the file: one `PUT` to `url` with these headers, before `expiresAtMs`. */
export const LearnerUploadView = z.object({
  id: UploadId,
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  expiresAtMs: TimeMs,
});
