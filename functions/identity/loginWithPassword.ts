import * as z from 'zod';
import * as users from '../../shared/data/identity/users.ts';
import { checkPasswordOf } from '../../shared/flows/identity/checkPasswordOf.ts';
import { openSession } from '../../shared/flows/identity/openSession.ts';
import { countShown, show } from '../../shared/flows/identity/secondFactor.ts';
import { http } from '../../shared/function.ts';
import { SecondFactorShown } from '../../shared/schemas/identity/secondFactor.ts';
import { LoginView, Password, UserName } from '../../shared/schemas/identity/user.ts';

/**
 * Logs in with a user name and a password, and with the second factor of those who have turned one on.
 *
 * Only a caller with the right password learns that a factor is needed: they get `auth.second_factor_required`, ask for
 * a code, and send everything again with it. One code opens one session.
 */
export const loginWithPassword = http(
  {
    route: 'POST /api/login/password',
    auth: 'public',
    input: z.strictObject({
      userName: UserName,
      password: Password,
      secondFactor: SecondFactorShown.optional(),
    }),
    output: LoginView,
    errors: [
      'auth.password_wrong',
      'auth.user_banned',
      'auth.second_factor_required',
      'auth.second_factor_wrong',
    ],
    cost: 'password',
  },
  async ({ input, address, device, now, ports, requestId }) => {
    const { userName, password, secondFactor: shown = null } = input;
    const userId = await checkPasswordOf(ports, { userName, password, address, lane: 'login', owner: null });
    if (shown !== null) await countShown(ports, userId);
    const showing = { userId, shown, auditId: ports.ids.make('aud'), now, requestId };
    return openSession(
      ports,
      { now, device },
      (tx) => users.get(tx, userId),
      (tx) => show(ports, tx, showing),
    );
  },
);
