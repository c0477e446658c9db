/** Who may upload and use what, and until when. */
import { fail } from '../../errors.ts';
import { HOUR_MS, MINUTE_MS, type TimeMs, timeMs, type UploadId, type UserId } from '../../schemas/base.ts';
import type { LearnerFileType, LearnerUpload } from '../../schemas/review/learnerUpload.ts';
import { extensionOf } from '../catalogue/upload.ts';

/** How long the file may be sent, after each time its link was asked for. */
export const SENDING_MS = 15 * MINUTE_MS;
/** For how long an upload can be used after it was asked for. */
const USABLE_MS = 24 * HOUR_MS;
/** When it ends unless it is used. By then nothing can use it, so what ends is never in use. */
const ENDS_AFTER_MS = 2 * USABLE_MS;

/** What somebody wants to upload. */
export interface UploadWanted {
  readonly id: UploadId;
  readonly userId: UserId;
  readonly contentType: LearnerFileType;
  readonly bytes: number;
}

/** A new upload. Its key is below its owner's folder, and private. */
export function newUpload(wanted: UploadWanted, now: TimeMs): LearnerUpload {
  const { id, userId, contentType } = wanted;
  return {
    ...wanted,
    key: `ugc/${userId}/${id}.${extensionOf(contentType)}`,
    ...{ usedBy: null, endsAtMs: timeMs(now + ENDS_AFTER_MS), createdAtMs: now },
  };
}

/**
 * The stored upload, as the answer to a repeat.
 * @throws upload.id_taken when the id was used by somebody else, for another file, or is in use
 */
export function askedBefore(stored: LearnerUpload, wanted: UploadWanted): LearnerUpload {
  const { userId, contentType, bytes, usedBy } = stored;
  const isSame =
    userId === wanted.userId &&
    contentType === wanted.contentType &&
    bytes === wanted.bytes &&
    usedBy === null;
  if (!isSame) throw fail('upload.id_taken');
  return stored;
}

/**
 * The upload as it belongs to something from now on. The same object when it does already.
 * @throws upload.not_found when there is none, it is somebody else's or of another kind, too old, or used elsewhere
 */
export function useUpload(
  upload: LearnerUpload | null,
  by: { readonly userId: UserId; readonly usedBy: string; readonly kind: 'image' | 'audio' },
  now: TimeMs,
): LearnerUpload {
  const isOwn = upload?.userId === by.userId && upload.contentType.startsWith(`${by.kind}/`);
  if (upload === null || !isOwn) throw fail('upload.not_found');
  if (upload.usedBy === by.usedBy) return upload;
  if (upload.usedBy !== null || now >= upload.createdAtMs + USABLE_MS) throw fail('upload.not_found');
  return { ...upload, usedBy: by.usedBy, endsAtMs: null };
}
