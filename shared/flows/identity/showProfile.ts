import * as uploads from '../../data/review/uploads.ts';
import { chosenNickname, profileTarget } from '../../domain/identity/profile.ts';
import { ownReview } from '../../domain/review/review.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Profile, ProfileView } from '../../schemas/identity/profile.ts';
import type { User } from '../../schemas/identity/user.ts';
import { avatarLink } from './avatarLink.ts';

/** A profile as its owner sees it: what they chose last, what others see, and where the check stands. */
export async function showProfile(
  ports: Pick<Ports, 'database' | 'files'>,
  { user, profile }: { readonly user: User; readonly profile: Profile | null },
  now: TimeMs,
): Promise<ProfileView> {
  const [avatarId] = profile?.newest.images ?? [];
  const chosen = avatarId === undefined ? null : await uploads.find(ports.database, avatarId);
  return {
    nickname: chosenNickname(profile, user) ?? user.nickname,
    avatarUrl: await avatarLink(ports, { avatarKey: chosen?.key ?? null }, now),
    shown: { nickname: user.nickname, avatarUrl: await avatarLink(ports, user, now) },
    review: profile === null ? null : ownReview(profileTarget(user), profile, now),
  };
}
