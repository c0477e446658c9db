import * as z from 'zod';
import * as identities from '../../shared/data/identity/identities.ts';
import { nameIdentity } from '../../shared/domain/identity/identity.ts';
import { checkPassword } from '../../shared/domain/identity/password.ts';
import { newUser } from '../../shared/domain/identity/user.ts';
import { fail } from '../../shared/errors.ts';
import { openSession } from '../../shared/flows/identity/openSession.ts';
import { registerUser } from '../../shared/flows/identity/registerUser.ts';
import { submitProfile } from '../../shared/flows/identity/submitProfile.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { LoginView, Nickname, Password, UserName } from '../../shared/schemas/identity/user.ts';

/**
 * Registers a learner under a user name and a password, and logs them in. Others see the nickname once it has passed
 * its check.
 *
 * The answer tells whether a name is taken. So the number of calls from one network address is limited.
 */
export const register = http(
  {
    route: 'POST /api/register',
    auth: 'public',
    input: z.strictObject({ userName: UserName, password: Password, nickname: Nickname.optional() }),
    output: LoginView,
    errors: ['user.name_taken', 'user.password_weak'],
    cost: 'password',
    limit: { max: 30, windowMs: 10 * MINUTE_MS, isExact: true },
  },
  async ({ input, device, address, now, ports, requestId }) => {
    checkPassword(input.password, input.userName);
    const passwordHash = await ports.passwords.hash(input.password, { lane: 'account', source: address });
    const id = identities.nameId(input.userName);

    return openSession(ports, { now, device }, async (tx, newId) => {
      if ((await identities.find(tx, id)) !== null) throw fail('user.name_taken');
      const user = newUser({ id: newId, nickname: null, role: 'learner', openid: null, now });
      const identity = nameIdentity({ id, userId: newId, passwordHash, now });
      const registered = await registerUser(tx, user, identity, { now, requestId });
      const { nickname } = input;
      const chosen = { user, change: { nickname }, origins: ports.settings.corsOrigins };
      if (nickname !== undefined) await submitProfile(tx, chosen, { now, requestId });
      return registered;
    });
  },
);
