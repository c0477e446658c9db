import * as z from 'zod';
import * as users from '../shared/data/users.ts';
import { userView } from '../shared/domain/user.ts';
import { http } from '../shared/function.ts';
import { UserView } from '../shared/schemas/user.ts';

/** Who one is: nickname, picture, role, and which texts one has agreed to. */
export const getMe = http(
  {
    route: 'GET /api/me',
    auth: 'member',
    input: z.strictObject({}),
    output: UserView,
    errors: [],
  },
  async ({ user, ports }) => userView(await users.get(ports.database, user.id)),
);
