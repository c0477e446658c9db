import * as z from 'zod';
import * as sessions from '../../../shared/data/identity/sessions.ts';
import { fail } from '../../../shared/errors.ts';
import { countShown, show } from '../../../shared/flows/identity/secondFactor.ts';
import { http } from '../../../shared/function.ts';
import { SecondFactorShown } from '../../../shared/schemas/identity/secondFactor.ts';

/**
 * Shows the second factor in a session that was opened without it, such as one that began before it was turned on.
 * In a session that has shown it, nothing is asked for and no code is used up.
 */
export const showSecondFactor = http(
  {
    route: 'POST /api/admin/second-factor/show',
    auth: { may: 'second_factor.own', secondFactor: 'shows' },
    input: z.strictObject({ secondFactor: SecondFactorShown }),
    output: z.object({}),
    errors: ['auth.second_factor_wrong', 'factor.not_started'],
  },
  async ({ input, user, now, ports, requestId }) => {
    await countShown(ports, user.id);
    const auditId = ports.ids.make('aud');
    const showing = { userId: user.id, shown: input.secondFactor, auditId, now, requestId };
    await ports.database.tx(async (tx) => {
      const session = await sessions.find(tx, user.sessionId);
      if (session === null) throw fail('auth.required', { detail: 'ended meanwhile' });
      if (session.hasSecondFactor) return;
      const isOn = await show(ports, tx, showing);
      if (!isOn) throw fail('factor.not_started');
      await sessions.save(tx, { ...session, hasSecondFactor: true });
    });
    return {};
  },
);
