import * as z from 'zod';
import * as identities from '../../shared/data/identity/identities.ts';
import * as secondFactors from '../../shared/data/identity/secondFactors.ts';
import * as sessions from '../../shared/data/identity/sessions.ts';
import * as users from '../../shared/data/identity/users.ts';
import * as audit from '../../shared/data/operations/audit.ts';
import { checkPassword } from '../../shared/domain/identity/password.ts';
import { endSessions } from '../../shared/domain/identity/session.ts';
import { fail } from '../../shared/errors.ts';
import { checkPasswordOf } from '../../shared/flows/identity/checkPasswordOf.ts';
import { http } from '../../shared/function.ts';
import { Password, UserName } from '../../shared/schemas/identity/user.ts';

/**
 * Changes the caller's password and ends all their other sessions, so whoever knew the old password is logged out.
 *
 * It takes the old password. A caller with a second factor must have shown it in this session.
 */
export const changePassword = http(
  {
    route: 'POST /api/me/password',
    auth: 'member',
    input: z.strictObject({ userName: UserName, password: Password, newPassword: Password }),
    output: z.object({}),
    errors: ['auth.password_wrong', 'auth.second_factor_required', 'user.password_weak'],
    cost: 'password',
  },
  async ({ input, user, address, now, ports, requestId }) => {
    const { userName, password, newPassword } = input;
    checkPassword(newPassword, userName);
    await checkPasswordOf(ports, { userName, password, address, lane: 'account', owner: user.id });
    const passwordHash = await ports.passwords.hash(newPassword, { lane: 'account', source: user.id });
    const auditId = ports.ids.make('aud');
    await ports.database.tx(async (tx) => {
      const identity = await identities.find(tx, identities.nameId(userName));
      const session = await sessions.find(tx, user.sessionId);
      if (identity === null || session === null) throw fail('auth.required', { detail: 'gone meanwhile' });
      // This hash is stored only if this same transaction already committed and its answer was lost.
      if (identity.passwordHash === passwordHash) return;
      const factor = await secondFactors.find(tx, user.id);
      if (factor?.state === 'on' && !session.hasSecondFactor) throw fail('auth.second_factor_required');
      const before = await users.get(tx, user.id);
      const after = endSessions(before, now);
      await identities.save(tx, identity, { ...identity, passwordHash });
      await users.save(tx, before, after);
      await sessions.save(tx, session, { ...session, generation: after.sessionGeneration });
      if (user.role === 'learner') return;
      const what = { action: 'password.change', target: user.id, reason: null, before: null, after: null };
      await audit.append(tx, { id: auditId, actorId: user.id, ...what, now, requestId });
    });
    return {};
  },
);
