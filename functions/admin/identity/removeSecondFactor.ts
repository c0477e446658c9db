import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { endSessions } from '../../../shared/domain/identity/session.ts';
import { countShown, show } from '../../../shared/flows/identity/secondFactor.ts';
import { http } from '../../../shared/function.ts';
import { SecondFactorShown } from '../../../shared/schemas/identity/secondFactor.ts';

/**
 * Turns the caller's second factor off, by showing it once more, and ends all of the caller's sessions. Where none is
 * on, nothing happens.
 */
export const removeSecondFactor = http(
  {
    route: 'POST /api/admin/second-factor/remove',
    auth: { may: 'second_factor.own' },
    input: z.strictObject({ secondFactor: SecondFactorShown }),
    output: z.object({}),
    errors: ['auth.second_factor_wrong'],
  },
  async ({ input, user, now, ports, requestId }) => {
    await countShown(ports, user.id);
    const [auditId, shownId] = [ports.ids.make('aud'), ports.ids.make('aud')];
    const showing = { userId: user.id, shown: input.secondFactor, auditId: shownId, now, requestId };
    await ports.database.tx(async (tx) => {
      if (!(await show(ports, tx, showing))) return;
      await secondFactors.remove(tx, user.id);
      await users.save(tx, endSessions(await users.get(tx, user.id), now));
      const own = { actorId: user.id, target: user.id, reason: null, now, requestId };
      const change = { before: { secondFactor: 'on' }, after: { secondFactor: 'off' } };
      await audit.append(tx, { id: auditId, action: 'second_factor.turn_off', ...own, ...change });
    });
    return {};
  },
);
