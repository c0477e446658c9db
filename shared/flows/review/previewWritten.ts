import * as users from '../../data/identity/users.ts';
import * as uploads from '../../data/review/uploads.ts';
import * as writers from '../../data/review/writers.ts';
import type { Ports } from '../../ports/ports.ts';
import { HOUR_MS, type TimeMs, timeMs, type UploadId } from '../../schemas/base.ts';
import type { Case } from '../../schemas/operations/case.ts';
import { type ReviewItem, ReviewMatterKind, type Written } from '../../schemas/review/review.ts';
import { targetOf } from './reviewCase.ts';
import { placeOf } from './reviewedKinds.ts';

/** How long the address of a file is open for staff. */
const OPEN_MS = HOUR_MS;

/** A case of the queue with what staff need to decide: what was written, what others see, and who wrote it. */
export async function previewWritten(
  ports: Pick<Ports, 'database' | 'files'>,
  one: Case,
  now: TimeMs,
): Promise<ReviewItem> {
  const { id: caseId, kind, story, openedAtMs } = one;
  const item = { id: caseId, kind: ReviewMatterKind.parse(kind), story, openedAtMs, written: null };
  const target = targetOf(one);
  if (target === null) return item;
  const { place, id } = placeOf(target);
  const found = await place.find(ports.database, id);
  if (found === null) return item;
  const { userId, newest, shown, review } = found;
  const [user, writer] = await Promise.all([
    users.find(ports.database, userId),
    writers.find(ports.database, userId),
  ]);
  return {
    ...item,
    written: {
      ...{ target, about: place.about(found), review },
      newest: await preview(ports, newest, now),
      shown: shown === null ? null : await preview(ports, shown, now),
      writer: {
        ...{ userId, nickname: user?.nickname ?? '', createdAtMs: user?.createdAtMs ?? now },
        ...{ published: writer?.published ?? 0, removed: writer?.removed.length ?? 0 },
      },
    },
  };
}

async function preview(
  ports: Pick<Ports, 'database' | 'files'>,
  { title, body, images, audio }: Written,
  now: TimeMs,
) {
  const expiresAtMs = timeMs(now + OPEN_MS);
  const urlOf = async (id: UploadId) => {
    const upload = await uploads.find(ports.database, id);
    return upload === null ? [] : [await ports.files.signedUrl(upload.key, expiresAtMs)];
  };
  const imageUrls = (await Promise.all(images.map(urlOf))).flat();
  const [audioUrl = null] = audio === null ? [] : await urlOf(audio);
  return { title, body, imageUrls, audioUrl };
}
