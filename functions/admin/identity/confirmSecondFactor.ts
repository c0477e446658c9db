import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as sessions from '../../../shared/data/identity/sessions.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { endSessions, withFactor } from '../../../shared/domain/identity/session.ts';
import { fail } from '../../../shared/errors.ts';
import { countShown, newRecoveryCodes, turnedOn } from '../../../shared/flows/identity/secondFactor.ts';
import { http } from '../../../shared/function.ts';
import { OneTimeCode } from '../../../shared/schemas/identity/secondFactor.ts';

/**
 * Turns on the second factor that `startSecondFactor` or `replaceSecondFactor` began. Takes a code from the new app.
 *
 * The answer has ten recovery codes, which are shown only once. Each opens one session in place of the app. This
 * session counts as having shown the factor. The caller's other sessions end, because they may have shown another
 * factor.
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
      // These digests are stored only if this same transaction already committed and its answer was lost.
      if (started?.recoveryDigests[0] === digests[0]) return;
      const on = turnedOn(ports, started, { ...input, digests }, now);
      await secondFactors.save(tx, started, on);
      const session = await sessions.find(tx, user.sessionId);
      if (session === null) throw fail('auth.required', { detail: 'ended meanwhile' });
      const before = await users.get(tx, user.id);
      const owner = endSessions(before, now);
      await users.save(tx, before, owner);
      const renewed = { ...withFactor(session, now), generation: owner.sessionGeneration };
      await sessions.save(tx, session, renewed);
      const own = { actorId: user.id, target: user.id, reason: null, now, requestId };
      const change = { before: { secondFactor: started?.state ?? 'off' }, after: { secondFactor: 'on' } };
      await audit.append(tx, { id: auditId, action: 'second_factor.turn_on', ...own, ...change });
    });
    return { recoveryCodes: codes };
  },
);
