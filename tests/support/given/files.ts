/** Uploaded files for tests: what the storage has under keys that `createUpload` made. */
import { beginningOf, uploadKey } from '../../../shared/domain/catalogue/upload.ts';
import { fail } from '../../../shared/errors.ts';
import type { StoredFile } from '../../../shared/schemas/catalogue/upload.ts';
import type { World } from '../world.ts';

/** Keys of files, and a storage that has the first two: one is a video, the other only claims to be one. */
export function givenFiles(world: World) {
  const newKey = () => uploadKey({ kind: 'media', contentType: 'video/mp4' }, world.ports.ids.make('fil'));
  const [good, forged, missing] = [newKey(), newKey(), newKey()];
  const stored = { bytes: 1_000, contentType: 'video/mp4' };
  const files = new Map<string, StoredFile>([
    [good, { ...stored, start: beginningOf('video/mp4') }],
    [forged, { ...stored, start: Buffer.from('<script>alert(1)</script>') }],
  ]);
  const find = jest
    .spyOn(world.ports.files, 'find')
    .mockImplementation(async (key) => files.get(key) ?? null);
  const stop = () => find.mockRejectedValue(fail('storage.unavailable'));
  return { good, forged, missing, stop };
}
