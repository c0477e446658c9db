import * as uploads from '../../data/review/uploads.ts';
import { letGo, uploadsOf, useUpload } from '../../domain/review/learnerUpload.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs, UploadId, UserId } from '../../schemas/base.ts';
import type { Reviewed, ReviewTarget } from '../../schemas/review/review.ts';

/**
 * Gives a thing the uploads that it names from now on, and lets go of those that it names no more, in the transaction
 * that changes it. `before` is null for a new thing. So what its author deletes or replaces ends, and is removed with
 * its file. Safe to repeat.
 * @throws upload.not_found when one that it names from now on is not its author's to use
 */
export async function useUploads(
  tx: Tx,
  target: ReviewTarget,
  { before, after }: { readonly before: Reviewed | null; readonly after: Reviewed },
  now: TimeMs,
): Promise<void> {
  const had = before === null ? new Map() : uploadsOf(before);
  const has = uploadsOf(after);
  for (const [id, kind] of has) {
    if (had.has(id)) continue;
    const upload = await uploads.find(tx, id);
    await uploads.save(tx, upload, useUpload(upload, { userId: after.userId, usedBy: target, kind }, now));
  }
  for (const id of had.keys()) {
    const upload = has.has(id) ? null : await uploads.find(tx, id);
    if (upload !== null) await uploads.save(tx, upload, letGo(upload, target, now));
  }
}

/**
 * Gives a thing that never changes its pictures those that it names. Safe to repeat.
 * @throws upload.not_found when one is not its author's to use
 */
export async function useImages(
  tx: Tx,
  usedBy: string,
  { userId, images }: { readonly userId: UserId; readonly images: readonly UploadId[] },
  now: TimeMs,
): Promise<void> {
  for (const id of images) {
    const upload = await uploads.find(tx, id);
    await uploads.save(tx, upload, useUpload(upload, { userId, usedBy, kind: 'image' }, now));
  }
}
