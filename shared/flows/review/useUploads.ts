import * as uploads from '../../data/review/uploads.ts';
import { useUpload } from '../../domain/review/learnerUpload.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs, UploadId, UserId } from '../../schemas/base.ts';

/**
 * Gives the caller's own uploads to what they write, for good, in the transaction that writes it. Safe to repeat.
 * @throws upload.not_found
 */
export async function useUploads(
  tx: Tx,
  ids: readonly UploadId[],
  by: { readonly userId: UserId; readonly usedBy: string; readonly kind: 'image' | 'audio' },
  now: TimeMs,
): Promise<void> {
  for (const id of new Set(ids)) {
    const before = await uploads.find(tx, id);
    await uploads.save(tx, before, useUpload(before, by, now));
  }
}
