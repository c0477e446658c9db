import * as z from 'zod';
import * as identities from '../shared/data/identities.ts';
import * as users from '../shared/data/users.ts';
import { fail } from '../shared/errors.ts';
import { openSession } from '../shared/flows/openSession.ts';
import { http } from '../shared/function.ts';
import { MINUTE_MS, SECOND_MS } from '../shared/schemas/base.ts';
import { LoginView, Password, UserName } from '../shared/schemas/user.ts';

/** How often one address may try one name. Counted before the password is looked at, so tries at once count too. */
const TRIES_MAX = 10;
const TRIES_WINDOW_MS = 15 * MINUTE_MS;

/**
 * Logs in with a user name and a password.
 *
 * A name that nobody has and a wrong password get the same answer for the same work. Tries are counted where they
 * come from, never for the account alone: a stranger elsewhere cannot lock its owner out.
 */
export const loginWithPassword = http(
  {
    route: 'POST /api/login/password',
    auth: 'public',
    input: z.strictObject({ userName: UserName, password: Password }),
    output: LoginView,
    errors: ['auth.password_wrong', 'auth.user_banned'],
    limit: { max: 100, windowMs: TRIES_WINDOW_MS },
  },
  async ({ input, address, now, ports }) => {
    const who = ports.secrets.digest('password-tries', `${input.userName} ${address}`);
    const tries = await ports.cache.count(`password:${who}`, TRIES_WINDOW_MS);
    if (tries.count > TRIES_MAX) {
      const retryAfterSeconds = Math.max(1, Math.ceil((tries.endsAtMs - now) / SECOND_MS));
      throw fail('request.too_many', { params: { retryAfterSeconds } });
    }

    const identity = await identities.find(ports.database, identities.nameId(input.userName));
    if (identity === null || identity.passwordHash === null) {
      await ports.passwords.hash(input.password);
      throw fail('auth.password_wrong');
    }
    if (!(await ports.passwords.verify(input.password, identity.passwordHash)))
      throw fail('auth.password_wrong');
    return openSession(ports, now, (tx) => users.get(tx, identity.userId));
  },
);
