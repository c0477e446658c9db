import * as z from 'zod';
import * as sessions from '../../../shared/data/identity/sessions.ts';
import { FRESH_MS, withFactor } from '../../../shared/domain/identity/session.ts';
import { fail } from '../../../shared/errors.ts';
import { countShown, show } from '../../../shared/flows/identity/secondFactor.ts';
import { http } from '../../../shared/function.ts';
import { TimeMs, timeMs } from '../../../shared/schemas/base.ts';
import { SecondFactorShown } from '../../../shared/schemas/identity/secondFactor.ts';

/**
 * Shows the second factor in this session, for the first time or again where a fresh one is needed.
 *
 * Each code counts once. For ten minutes the session may then do what creates value or gives money back.
 */
export const showSecondFactor = http(
  {
    route: 'POST /api/admin/second-factor/show',
    auth: { may: 'second_factor.own', secondFactor: 'shows' },
    input: z.strictObject({ secondFactor: SecondFactorShown }),
    output: z.object({ freshUntilMs: TimeMs }),
    errors: ['auth.second_factor_wrong', 'factor.not_started'],
  },
  async ({ input, user, now, ports, requestId }) => {
    await countShown(ports, user.id);
    const auditId = ports.ids.make('aud');
    const showing = { userId: user.id, shown: input.secondFactor, auditId, now, requestId };
    await ports.database.tx(async (tx) => {
      const session = await sessions.find(tx, user.sessionId);
      if (session === null) throw fail('auth.required', { detail: 'ended meanwhile' });
      // The same instant is stored only if this same transaction already committed and its answer was lost.
      if (session.factorShownAtMs === now) return;
      const isOn = await show(ports, tx, showing);
      if (!isOn) throw fail('factor.not_started');
      await sessions.save(tx, session, withFactor(session, now));
    });
    return { freshUntilMs: timeMs(now + FRESH_MS) };
  },
);
