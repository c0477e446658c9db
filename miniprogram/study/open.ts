/** Opens what somebody studies. */
import { ZhikeError } from '../../client/client.ts';
import type { LessonProgressView, LessonView, MediaView } from '../../client/types.ts';
import { newerPlace, type Place, secondsToResume } from '../model/places.ts';
import type { Film } from '../model/player.ts';
import { reportAll } from '../wx/heard.ts';
import { login } from '../wx/login.ts';
import { placeIn } from '../wx/places.ts';
import { mayLoginSilently, session } from '../wx/session.ts';

const isNotOwned = (caught: unknown) =>
  caught instanceof ZhikeError && (caught.code === 'lesson.not_owned' || caught.code === 'product.not_owned');

/**
 * What was played before is reported first, because opening may begin the time anew that pays for it.
 *
 * Opens something that everybody may ask for, and that tells a guest to buy it. When WeChat may log the guest in
 * silently, it is asked for once more, because they may own it.
 * @throws ZhikeError, LostAnswer
 */
export async function openAsOwner<T>(ask: () => Promise<T>): Promise<T> {
  await reportAll();
  try {
    return await ask();
  } catch (caught) {
    if (!isNotOwned(caught) || session() !== null || !mayLoginSilently()) throw caught;
  }
  await login();
  return ask();
}

/** How a film is to begin. Without a second it begins where it was left. */
export interface Beginning {
  readonly startAt: number | null;
  readonly isStarting: boolean;
}

type Linked = Pick<Film, 'id' | 'title' | 'body' | 'lengthSeconds' | 'url' | 'untilAtMs' | 'hasQuiz'>;

/** Where somebody was on any of their devices, as the server knows it. */
function placeOf({ position }: LessonProgressView, of: number): Place | undefined {
  return position === null ? undefined : { at: position.seconds, of, atMs: position.atMs };
}

/** A film as it begins. `progress` is what the server knows of it. */
export function filmOf(
  linked: Linked,
  { startAt, isStarting }: Beginning,
  progress: LessonProgressView | undefined,
): Film {
  const elsewhere = progress === undefined ? undefined : placeOf(progress, linked.lengthSeconds);
  const place = newerPlace(placeIn(linked.id), elsewhere);
  return { ...linked, startAt: startAt ?? secondsToResume(place), isStarting };
}

/** A lesson that is played; null for one that is read. */
export function linkedLesson(lesson: LessonView): Linked | null {
  const { id, title, body, durationSeconds, mediaUrl, mediaExpiresAtMs, hasQuiz } = lesson;
  if (mediaUrl === null || mediaExpiresAtMs === null) return null;
  return {
    id,
    title,
    body,
    lengthSeconds: durationSeconds,
    url: mediaUrl,
    untilAtMs: mediaExpiresAtMs,
    hasQuiz,
  };
}

/** A sound or film that is sold on its own. */
export function linkedMedia({
  productId,
  title,
  durationSeconds,
  mediaUrl,
  mediaExpiresAtMs,
}: MediaView): Linked {
  return {
    ...{ id: productId, title, body: '', lengthSeconds: durationSeconds },
    ...{ url: mediaUrl, untilAtMs: mediaExpiresAtMs, hasQuiz: false },
  };
}
