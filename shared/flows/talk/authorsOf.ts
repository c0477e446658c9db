import * as users from '../../data/identity/users.ts';
import type { Reader } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import type { AuthorView } from '../../schemas/talk/author.ts';

/** What others see of these users, in one read for up to a hundred of them. Users who do not exist are left out. */
export async function authorsOf(
  reader: Pick<Reader, 'findMany'>,
  ids: readonly UserId[],
): Promise<(id: UserId) => AuthorView | null> {
  const found = new Map((await users.among(reader, ids)).map((user) => [user.id, user]));
  return (id) => {
    const user = found.get(id);
    return user === undefined ? null : { id: user.id, nickname: user.nickname, avatarUrl: user.avatarUrl };
  };
}
