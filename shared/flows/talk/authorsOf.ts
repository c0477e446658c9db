import * as users from '../../data/identity/users.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { AuthorView } from '../../schemas/talk/author.ts';
import { avatarLink } from '../identity/avatarLink.ts';

/** What others see of these users, in one read for up to a hundred of them. Users who do not exist are left out. */
export async function authorsOf(
  ports: Pick<Ports, 'database' | 'files'>,
  ids: readonly UserId[],
  now: TimeMs,
): Promise<(id: UserId) => AuthorView | null> {
  const found = await users.among(ports.database, ids);
  const views = await Promise.all(
    found.map(async (user): Promise<AuthorView> => {
      return { id: user.id, nickname: user.nickname, avatarUrl: await avatarLink(ports, user, now) };
    }),
  );
  const known = new Map(views.map((view) => [view.id, view]));
  return (id) => known.get(id) ?? null;
}
