import * as z from 'zod';
import * as users from '../../shared/data/identity/users.ts';
import { changeUser, userView } from '../../shared/domain/identity/user.ts';
import { saveNames } from '../../shared/flows/identity/saveNames.ts';
import { http } from '../../shared/function.ts';
import { AvatarUrl, Nickname, UserView } from '../../shared/schemas/identity/user.ts';

/** Changes the caller's own profile. Fields that are not given stay. */
export const updateMe = http(
  {
    route: 'PATCH /api/me',
    auth: 'member',
    input: z.strictObject({
      nickname: Nickname.optional(),
      avatarUrl: AvatarUrl.nullable().optional(),
    }),
    output: UserView,
    errors: [],
  },
  async ({ input, user, now, ports }) => {
    const changed = await ports.database.tx(async (tx) => {
      const before = await users.get(tx, user.id);
      const after = changeUser(before, input, now);
      await users.save(tx, before, after);
      await saveNames(tx, before, after);
      return after;
    });
    return userView(changed);
  },
);
