/** Pictures and sounds that people have uploaded. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as uploads from '../../../shared/data/review/uploads.ts';
import { newUpload } from '../../../shared/domain/review/learnerUpload.ts';
import { UploadId, type UserId } from '../../../shared/schemas/base.ts';
import type { LearnerFileType } from '../../../shared/schemas/review/learnerUpload.ts';
import type { World } from '../world.ts';

/** Stores a file as somebody's upload. WeChat's simulator reads the words in it. */
export async function givenStoredFile(
  world: World,
  owner: { readonly userId: UserId },
  words = '一张照片',
  contentType: LearnerFileType = 'image/png',
): Promise<UploadId> {
  const id = UploadId.parse(world.ports.ids.make('upl'));
  const bytes = Buffer.from(words);
  const upload = newUpload({ id, userId: owner.userId, contentType, bytes: bytes.length }, world.clock.now());
  // A commit whose answer was lost runs again.
  await world.ports.database.tx(async (tx) => uploads.save(tx, await uploads.find(tx, id), upload));
  const place = join(world.filesFolder, ...upload.key.split('/'));
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, bytes);
  return id;
}
