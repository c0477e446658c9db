import * as profiles from '../../data/identity/profiles.ts';
import * as users from '../../data/identity/users.ts';
import * as uploads from '../../data/review/uploads.ts';
import { withProfile } from '../../domain/identity/profile.ts';
import type { Tx } from '../../ports/database.ts';
import type { Profile } from '../../schemas/identity/profile.ts';
import { saveNames } from './saveNames.ts';

/**
 * Stores a profile, and with it what others see of the user, whenever a step of the review changes that. This is the
 * only way by which a name or a picture that somebody chose comes to others.
 */
export async function saveProfile(tx: Tx, before: Profile | null, after: Profile): Promise<void> {
  await profiles.save(tx, before, after);
  const isAsBefore = before?.isShown === after.isShown && before.shown === after.shown;
  const user = isAsBefore ? null : await users.find(tx, after.userId);
  if (user === null) return;
  const [avatarId] = after.shown?.images ?? [];
  const upload = avatarId === undefined ? null : await uploads.find(tx, avatarId);
  const named = withProfile(user, after, upload?.key ?? null, after.updatedAtMs);
  await users.save(tx, user, named);
  await saveNames(tx, user, named);
}
