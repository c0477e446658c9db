import * as z from 'zod';
import * as identities from '../../shared/data/identity/identities.ts';
import * as users from '../../shared/data/identity/users.ts';
import { nameIdentity } from '../../shared/domain/identity/identity.ts';
import { checkPassword } from '../../shared/domain/identity/password.ts';
import { userView } from '../../shared/domain/identity/user.ts';
import { fail } from '../../shared/errors.ts';
import { refuseWayIn } from '../../shared/flows/identity/refuseWayIn.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { Password, UserName, UserView } from '../../shared/schemas/identity/user.ts';

/**
 * Gives a caller who logs in by WeChat a user name and a password too. Each user has one name.
 *
 * A password is another way to log in. So staff with a second factor must have shown it in this session.
 */
export const bindUserName = http(
  {
    route: 'POST /api/me/user-name/bind',
    auth: 'member',
    input: z.strictObject({ userName: UserName, password: Password }),
    output: UserView,
    errors: ['auth.second_factor_required', 'user.name_bound', 'user.name_taken', 'user.password_weak'],
    cost: 'password',
    limit: { max: 10, windowMs: 15 * MINUTE_MS, isExact: true },
  },
  async ({ input: { userName, password }, user, now, ports }) => {
    checkPassword(password, userName);
    const passwordHash = await ports.passwords.hash(password, { lane: 'account', source: user.id });
    const id = identities.nameId(userName);
    const bound = await ports.database.tx(async (tx) => {
      const before = await users.get(tx, user.id);
      const identity = await identities.find(tx, id);
      // This hash is stored only if this same transaction already committed and its answer was lost.
      if (identity?.userId === before.id && identity.passwordHash === passwordHash) return before;
      await refuseWayIn(tx, user);
      // Read after the user, which every bind writes: of two binds at once, one conflicts and runs again.
      const own = await identities.ofUser(ports.database, before.id);
      if (own.some((one) => one.passwordHash !== null)) throw fail('user.name_bound');
      if (identity !== null) throw fail('user.name_taken');
      await identities.insert(tx, nameIdentity({ id, userId: before.id, passwordHash, now }));
      const after = { ...before, updatedAtMs: now };
      await users.save(tx, before, after);
      return after;
    });
    return userView(bound);
  },
);
