import * as z from 'zod';
import * as users from '../../shared/data/identity/users.ts';
import { NO_PHONE, userView, withPhone } from '../../shared/domain/identity/user.ts';
import { http } from '../../shared/function.ts';
import { UserView } from '../../shared/schemas/identity/user.ts';

/** Removes the caller's phone number, of which nothing stays stored. Safe to repeat. */
export const unbindPhone = http(
  {
    route: 'POST /api/me/phone/unbind',
    auth: 'member',
    input: z.strictObject({}),
    output: UserView,
    errors: [],
  },
  async ({ user, now, ports }) => {
    const unbound = await ports.database.tx(async (tx) => {
      const before = await users.get(tx, user.id);
      const after = withPhone(before, NO_PHONE, now);
      await users.save(tx, before, after);
      return after;
    });
    return userView(unbound);
  },
);
