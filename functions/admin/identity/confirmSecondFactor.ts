import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as sessions from '../../../shared/data/identity/sessions.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { shownRecoveryCode } from '../../../shared/domain/identity/secondFactor.ts';
import { fail } from '../../../shared/errors.ts';
import { countShown, newRecoveryCodes, taken } from '../../../shared/flows/identity/secondFactor.ts';
import { http } from '../../../shared/function.ts';
import { OneTimeCode } from '../../../shared/schemas/identity/secondFactor.ts';

/**
 * Turns the second factor on that `startSecondFactor` began, by a code of the app, and answers ten recovery codes, once:
 * each opens one session in place of the app. The session of this call has shown the factor; the caller's other
 * sessions have to.
 */
export const confirmSecondFactor = http(
  {
    route: 'POST /api/admin/second-factor/confirm',
    auth: { may: 'second_factor.own', secondFactor: 'shows' },
    input: z.strictObject({ oneTimeCode: OneTimeCode }),
    output: z.object({ recoveryCodes: z.array(z.string()) }),
    errors: ['auth.second_factor_wrong', 'factor.not_started', 'factor.already_on'],
  },
  async ({ input, user, now, ports, requestId }) => {
    await countShown(ports, user.id);
    const { codes, digests } = newRecoveryCodes(ports, user.id);
    const auditId = ports.ids.make('aud');
    await ports.database.tx(async (tx) => {
      const started = await secondFactors.find(tx, user.id);
      if (started === null) throw fail('factor.not_started');
      // These very digests are there only when this very transaction did commit and its answer was lost.
      if (started.state === 'on' && started.recoveryDigests[0] === digests[0]) return;
      if (started.state === 'on') throw fail('factor.already_on');
      const on = { ...taken(ports, started, input, now), state: 'on' as const, recoveryDigests: digests };
      await secondFactors.put(tx, started, on);
      const session = await sessions.find(tx, user.sessionId);
      if (session !== null) await sessions.save(tx, { ...session, hasSecondFactor: true });
      const own = { actorId: user.id, target: user.id, reason: null, now, requestId };
      const change = { before: { secondFactor: 'off' }, after: { secondFactor: 'on' } };
      await audit.append(tx, { id: auditId, action: 'second_factor.turn_on', ...own, ...change });
    });
    return { recoveryCodes: codes.map(shownRecoveryCode) };
  },
);
