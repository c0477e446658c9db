import * as profiles from '../../data/identity/profiles.ts';
import * as users from '../../data/identity/users.ts';
import * as tasks from '../../data/tasks.ts';
import {
  type ProfileChange,
  profileTarget,
  profileWritten,
  writeProfile,
} from '../../domain/identity/profile.ts';
import { doubtsOf } from '../../domain/review/contacts.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Profile } from '../../schemas/identity/profile.ts';
import type { User } from '../../schemas/identity/user.ts';
import { submitFacts } from '../review/submit.ts';
import { useUploads } from '../review/useUploads.ts';
import { saveNames } from './saveNames.ts';

/**
 * Stores what a user chose to be called and to look like, and hands it to the check. Others see it once it has passed.
 * `user` was read in this transaction. Answers the profile; null when nothing was chosen.
 * @throws upload.not_found; review.not_editable while staff decide about the one before
 */
export async function submitProfile(
  tx: Tx,
  {
    user,
    change,
    origins,
  }: { readonly user: User; readonly change: ProfileChange; readonly origins: readonly string[] },
  at: { readonly now: TimeMs; readonly requestId: string },
): Promise<Profile | null> {
  const { now } = at;
  const before = await profiles.find(tx, user.id);
  const written = profileWritten(before, user, change);
  const doubts = doubtsOf(written, { trust: 0, origins });
  const after = writeProfile(before, { user, written, doubts }, now);
  if (after === null || after === before) return before;
  await profiles.save(tx, before, after);
  await forgetUnchecked(tx, user, now);
  const target = profileTarget(user);
  await useUploads(tx, target, { before, after }, now);
  await tasks.append(tx, submitFacts(target, after), at);
  return after;
}

/** A name from before names were checked ends with the first one that is. Staff found its owner by it until then. */
async function forgetUnchecked(tx: Tx, user: User, now: TimeMs): Promise<void> {
  const { uncheckedNickname } = user;
  if (uncheckedNickname === null) return;
  await users.save(tx, user, { ...user, uncheckedNickname: null, updatedAtMs: now });
  await saveNames(tx, { ...user, nickname: uncheckedNickname }, user);
}
