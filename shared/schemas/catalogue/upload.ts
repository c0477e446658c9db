/** Files that staff upload: covers, which everybody sees, and media, which is paid for. */
import * as z from 'zod';
import { TimeMs } from '../base.ts';
import { MediaKey } from './product.ts';

/** The file types of a cover. */
export const CoverType = z.enum(['image/jpeg', 'image/png', 'image/webp']);
export type CoverType = z.infer<typeof CoverType>;

/** The file types of paid media: audio, video and documents. */
export const MediaType = z.enum([
  'video/mp4',
  'audio/mpeg',
  'audio/mp4',
  'application/pdf',
  'application/epub+zip',
]);
export type MediaType = z.infer<typeof MediaType>;

/** The largest size of a cover in bytes. It is small because learners load many covers at once. */
export const COVER_BYTES_MAX = 5 * 1024 * 1024;
/** The largest size of media in bytes. The object storage takes at most 5 GB in one request. */
export const MEDIA_BYTES_MAX = 5_000_000_000;

/** A file that staff are about to upload. */
export const UploadAsked = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('cover'),
    contentType: CoverType,
    bytes: z.int().min(1).max(COVER_BYTES_MAX),
  }),
  z.strictObject({
    kind: z.literal('media'),
    contentType: MediaType,
    bytes: z.int().min(1).max(MEDIA_BYTES_MAX),
  }),
]);
export type UploadAsked = z.infer<typeof UploadAsked>;

/** How to upload the file: one `PUT` to `url` with these headers, before `expiresAtMs`. */
export const UploadView = z.object({
  /** The file's key, for `mediaKey`. */
  key: MediaKey,
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  expiresAtMs: TimeMs,
  /** For a cover: the address under which everybody reads it, for `coverUrl`. Null for media. */
  publicUrl: z.string().nullable(),
});
export type UploadView = z.infer<typeof UploadView>;

/** What the storage knows of a stored file. */
export interface StoredFile {
  readonly bytes: number;
  readonly contentType: string;
  /** Its first 32 bytes, or all of a shorter file. The file type is recognised from them. */
  readonly start: Uint8Array;
}
