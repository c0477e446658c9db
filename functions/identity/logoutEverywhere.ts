import * as z from 'zod';
import * as users from '../../shared/data/identity/users.ts';
import { endSessions } from '../../shared/domain/identity/session.ts';
import { http } from '../../shared/function.ts';

/** Ends all of the caller's sessions on every device, including this one. */
export const logoutEverywhere = http(
  {
    route: 'POST /api/logout/everywhere',
    auth: 'member',
    input: z.strictObject({}),
    output: z.object({}),
    errors: [],
  },
  async ({ user, now, ports }) => {
    await ports.database.tx(async (tx) => {
      const before = await users.get(tx, user.id);
      await users.save(tx, before, endSessions(before, now));
    });
    return {};
  },
);
