import * as uploads from '../../data/review/uploads.ts';
import { isStaffOf } from '../../domain/talk/group.ts';
import { topicView } from '../../domain/talk/topic.ts';
import type { Ports } from '../../ports/ports.ts';
import { HOUR_MS, type TimeMs, timeMs, type UploadId, type UserId } from '../../schemas/base.ts';
import type { Group } from '../../schemas/talk/group.ts';
import type { ImageView, Topic, TopicView } from '../../schemas/talk/topic.ts';
import { blockedAmong } from '../review/blocked.ts';
import { likedAmong } from '../review/likedAmong.ts';
import { authorsOf } from './authorsOf.ts';

/** How long the link to a picture is good. */
const LINK_MS = HOUR_MS;

/** Links to these pictures, which are private files, in one read of what is known of them. */
export async function imageLinks(
  { database, files }: Pick<Ports, 'database' | 'files'>,
  ids: readonly UploadId[],
  now: TimeMs,
): Promise<(ids: readonly UploadId[]) => ImageView[]> {
  const found = await uploads.among(database, ids);
  const signed = await Promise.all(
    found.map(async ({ id, key }): Promise<ImageView> => {
      return { id, url: await files.signedUrl(key, timeMs(now + LINK_MS)) };
    }),
  );
  const links = new Map(signed.map((link) => [link.id, link]));
  return (wanted) => wanted.flatMap((id) => links.get(id) ?? []);
}

/**
 * Topics of a group as a member sees them: those that are shown, and not of somebody whom the member blocks. However
 * many there are, it costs one read of authors, one of pictures, one of likes and one of blocks.
 */
export async function showTopics(
  ports: Pick<Ports, 'database' | 'files'>,
  some: readonly Topic[],
  asked: { readonly group: Group; readonly userId: UserId; readonly now: TimeMs },
): Promise<TopicView[]> {
  const { group, userId, now } = asked;
  const shown = some.filter(({ isShown }) => isShown);
  const writers = [...new Set(shown.map((topic) => topic.userId))];
  const [authorOf, imagesOf, blocked, liked] = await Promise.all([
    authorsOf(ports, writers, now),
    imageLinks(
      ports,
      shown.flatMap((topic) => topic.shown?.images ?? []),
      now,
    ),
    blockedAmong(ports.database, userId, writers),
    likedAmong(
      ports.database,
      userId,
      shown.map(({ id }) => id),
    ),
  ]);
  const isStaff = (id: UserId) => isStaffOf(group, id);
  const beside = { userId, isStaffHere: isStaff(userId), isStaff, authorOf, imagesOf, liked };
  return shown.flatMap((topic) => (blocked.has(topic.userId) ? [] : (topicView(topic, beside) ?? [])));
}
