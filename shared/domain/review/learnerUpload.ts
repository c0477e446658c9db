/** Who may upload and use what, until when, and whether a file is what it was said to be. */
import { fail } from '../../errors.ts';
import { HOUR_MS, MINUTE_MS, type TimeMs, timeMs, type UploadId, type UserId } from '../../schemas/base.ts';
import type { LearnerFileType, LearnerUpload } from '../../schemas/review/learnerUpload.ts';
import type { Reviewed } from '../../schemas/review/review.ts';
import { beginsAs, extensionOf } from '../catalogue/upload.ts';

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

/** Whether an upload is too old to be used. */
const isTooOld = ({ createdAtMs }: LearnerUpload, now: TimeMs) => now >= createdAtMs + USABLE_MS;

/**
 * The stored upload, as the answer to a repeat. Not once it is too old: no link may be valid when its file is removed.
 * @throws upload.id_taken when the id was used by somebody else, for another file, is in use, or is too old
 */
export function askedBefore(stored: LearnerUpload, wanted: UploadWanted, now: TimeMs): LearnerUpload {
  const { userId, contentType, bytes, usedBy } = stored;
  const isSame =
    userId === wanted.userId &&
    contentType === wanted.contentType &&
    bytes === wanted.bytes &&
    usedBy === null &&
    !isTooOld(stored, now);
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
  if (upload.usedBy !== null || isTooOld(upload, now)) throw fail('upload.not_found');
  return { ...upload, usedBy: by.usedBy, endsAtMs: null };
}

/**
 * The upload as this does not use it any more: it ends, and until it is too old it can be used again. The same object
 * when something else uses it, or nothing.
 */
export function letGo(upload: LearnerUpload, usedBy: string, now: TimeMs): LearnerUpload {
  if (upload.usedBy !== usedBy) return upload;
  const endsAtMs = timeMs(Math.max(now, upload.createdAtMs + ENDS_AFTER_MS));
  return { ...upload, usedBy: null, endsAtMs };
}

/** The uploads that somebody's writing names, in what others see or in the newest version, and what each is used as. */
export function uploadsOf({
  newest,
  shown,
}: Pick<Reviewed, 'newest' | 'shown'>): ReadonlyMap<UploadId, 'image' | 'audio'> {
  const named = new Map<UploadId, 'image' | 'audio'>();
  for (const written of [newest, ...(shown === null ? [] : [shown])]) {
    for (const id of written.images) named.set(id, 'image');
    if (written.audio !== null) named.set(written.audio, 'audio');
  }
  return named;
}

/** Whether a file is what its upload says: of that size, and with the beginning of its type. */
export function isAsSaid({ contentType, bytes }: LearnerUpload, file: Uint8Array): boolean {
  return file.length === bytes && beginsAs(contentType, file.subarray(0, 32));
}
