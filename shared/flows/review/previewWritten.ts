import * as users from '../../data/identity/users.ts';
import * as audit from '../../data/operations/audit.ts';
import * as flags from '../../data/review/flags.ts';
import * as uploads from '../../data/review/uploads.ts';
import * as writers from '../../data/review/writers.ts';
import { labelText } from '../../domain/review/reviewStory.ts';
import type { Reader } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { HOUR_MS, type TimeMs, timeMs, type UploadId, UserId } from '../../schemas/base.ts';
import type { Case } from '../../schemas/operations/case.ts';
import type { FlagReason } from '../../schemas/review/flag.ts';
import {
  type KnownTarget,
  type Review,
  ReviewMatterKind,
  type Written,
} from '../../schemas/review/review.ts';
import type { ReviewItem } from '../../schemas/review/reviewItem.ts';
import { targetOf } from './reviewCase.ts';
import { placeOf } from './reviewedKinds.ts';

/** How long the address of a file is open for staff. */
const OPEN_MS = HOUR_MS;

/** How many flags are counted. */
const FLAGS_MAX = 100;

/** How many entries of the audit log are looked through for the decision that was appealed. */
const ENTRIES_MAX = 20;

type Matter = NonNullable<ReviewItem['written']>;

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
      earlier: kind === 'appeal' ? await earlierDecision(ports.database, target, review) : null,
      flags: kind === 'content_flagged' ? await flagsOf(ports.database, target, review) : [],
    },
  };
}

/** Who took away what is appealed, when and why; null when nobody did. */
async function earlierDecision(
  reader: Pick<Reader, 'list'>,
  target: KnownTarget,
  { takenBy, label }: Review,
): Promise<Matter['earlier']> {
  if (takenBy === null) return null;
  const staff = UserId.safeParse(takenBy);
  if (!staff.success) return { by: null, atMs: null, reason: label === null ? null : labelText(label) };
  const page = await audit.list(reader, { target }, { limit: ENTRIES_MAX, cursor: null });
  const entry = page.items.find(({ action, actorId }) => action === 'content.decide' && actorId === takenBy);
  return { by: staff.data, atMs: entry?.atMs ?? null, reason: entry?.reason ?? null };
}

/** How many people flagged the public version for which reason, the most frequent first. */
async function flagsOf(
  reader: Pick<Reader, 'list'>,
  target: KnownTarget,
  { publicVersion: version }: Review,
): Promise<Matter['flags']> {
  if (version === null) return [];
  const people = new Map<FlagReason, number>();
  for (const { reason } of await flags.weightyOf(reader, { target, version }, FLAGS_MAX))
    people.set(reason, (people.get(reason) ?? 0) + 1);
  return [...people]
    .map(([reason, count]) => ({ reason, people: count }))
    .sort((left, right) => right.people - left.people);
}

/** A version as staff see it. The addresses of its files are open for an hour. */
export async function preview(
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
