import * as z from 'zod';
import * as users from '../../shared/data/identity/users.ts';
import { userView } from '../../shared/domain/identity/user.ts';
import { http } from '../../shared/function.ts';
import { UserView } from '../../shared/schemas/identity/user.ts';

/** Shows the caller: the nickname that others see, role, and the texts that they have agreed to. */
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
