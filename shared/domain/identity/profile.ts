/** What somebody is called and how they look: what they chose, and what others see of it. */
import type { TimeMs, UploadId } from '../../schemas/base.ts';
import type { Profile } from '../../schemas/identity/profile.ts';
import type { User } from '../../schemas/identity/user.ts';
import type { ReviewTarget, Written } from '../../schemas/review/review.ts';
import { nameWritten, submitAgain, submitNew } from '../review/review.ts';
import { madeNickname } from './user.ts';

/** What somebody chooses. A field that is left out stays as it is. */
export interface ProfileChange {
  readonly nickname?: string | undefined;
  readonly avatarId?: UploadId | null | undefined;
}

/** The review of a user's profile. */
export function profileTarget({ id }: Pick<User, 'id'>): ReviewTarget {
  return `profile:${id}`;
}

/** The name that somebody chose last; null for who never chose one. Only they see it before it has passed. */
export function chosenNickname(profile: Profile | null, user: User): string | null {
  if (profile !== null) return profile.newest.title;
  const { id, nickname, uncheckedNickname } = user;
  return uncheckedNickname ?? (nickname === madeNickname(id) ? null : nickname);
}

/** What would be written by a change. */
export function profileWritten(profile: Profile | null, user: User, change: ProfileChange): Written {
  const { nickname = chosenNickname(profile, user), avatarId } = change;
  const images = profile?.newest.images ?? [];
  return nameWritten(nickname, avatarId === undefined ? images : avatarId === null ? [] : [avatarId]);
}

/**
 * The profile with what somebody chose, which waits for its check. The same object when it is what they chose before,
 * and null when there is nothing to write.
 * @throws review.not_editable while staff decide about the one before
 */
export function writeProfile(
  before: Profile | null,
  {
    user,
    written,
    doubts,
  }: { readonly user: User; readonly written: Written; readonly doubts: readonly string[] },
  now: TimeMs,
): Profile | null {
  const { id } = user;
  const isEmpty = written.title === null && written.images.length === 0;
  if (before === null)
    return isEmpty
      ? null
      : { ...submitNew(id, written, doubts, now), id, createdAtMs: now, updatedAtMs: now };
  const isSame =
    written.title === before.newest.title && written.images.join() === before.newest.images.join();
  return isSame ? before : { ...submitAgain(before, written, doubts, now), updatedAtMs: now };
}

/**
 * The user as others see them by a profile: by the last version that passed, or by a name made from the id.
 * `avatarKey` is the file of its picture. The same object when nothing changes.
 */
export function withProfile(user: User, profile: Profile, avatarKey: string | null, now: TimeMs): User {
  const shown = profile.isShown ? profile.shown : null;
  const nickname = shown?.title ?? madeNickname(user.id);
  const key = shown === null || shown.images.length === 0 ? null : avatarKey;
  if (nickname === user.nickname && key === user.avatarKey) return user;
  return { ...user, nickname, avatarKey: key, updatedAtMs: now };
}
