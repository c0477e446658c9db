/** Pictures and sounds that people have uploaded. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as uploads from '../../../shared/data/review/uploads.ts';
import { newUpload } from '../../../shared/domain/review/learnerUpload.ts';
import { UploadId, type UserId } from '../../../shared/schemas/base.ts';
import type { LearnerFileType } from '../../../shared/schemas/review/learnerUpload.ts';
import type { World } from '../world.ts';

/** How files of each type begin. */
const BEGINS: Readonly<Record<LearnerFileType, string>> = {
  'image/jpeg': 'ffd8ffe0',
  'image/png': '89504e470d0a1a0a',
  'image/webp': '524946460000000057454250',
  'audio/mpeg': '494433040000',
  'audio/mp4': '00000020667479704d344120',
};

/** Stores a file as somebody's upload. WeChat's simulator reads the words in it. */
export async function givenStoredFile(
  world: World,
  owner: { readonly userId: UserId },
  words = '一张照片',
  contentType: LearnerFileType = 'image/png',
): Promise<UploadId> {
  const id = UploadId.parse(world.ports.ids.make('upl'));
  const bytes = Buffer.concat([Buffer.from(BEGINS[contentType], 'hex'), Buffer.from(words)]);
  const upload = newUpload({ id, userId: owner.userId, contentType, bytes: bytes.length }, world.clock.now());
  // A commit whose answer was lost runs again.
  await world.ports.database.tx(async (tx) => uploads.save(tx, await uploads.find(tx, id), upload));
  const place = join(world.filesFolder, ...upload.key.split('/'));
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, bytes);
  return id;
}
