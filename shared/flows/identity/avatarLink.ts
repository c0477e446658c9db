import type { Ports } from '../../ports/ports.ts';
import { HOUR_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { User } from '../../schemas/identity/user.ts';

/** How long the link to a picture is good. */
const LINK_MS = HOUR_MS;

/** The link to the picture that others see of a user, whose file is private; null for none. */
export async function avatarLink(
  { files }: Pick<Ports, 'files'>,
  { avatarKey }: Pick<User, 'avatarKey'>,
  now: TimeMs,
): Promise<string | null> {
  return avatarKey === null ? null : files.signedUrl(avatarKey, timeMs(now + LINK_MS));
}
