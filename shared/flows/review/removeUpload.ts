import * as uploads from '../../data/review/uploads.ts';
import type { Ports } from '../../ports/ports.ts';
import type { LearnerUpload } from '../../schemas/review/learnerUpload.ts';

/**
 * Removes an upload that has ended: its file first, then what we know of it. So a file that the storage did not remove
 * is tried again by the next run. Safe to repeat. What has ended cannot be used any more.
 * @throws storage.unavailable
 */
export async function removeUpload(
  { database, files }: Pick<Ports, 'database' | 'files'>,
  { id, key }: LearnerUpload,
): Promise<'removed' | 'gone'> {
  await files.remove(key);
  return database.tx(async (tx) => {
    if ((await uploads.find(tx, id)) === null) return 'gone';
    await uploads.remove(tx, id);
    return 'removed';
  });
}
