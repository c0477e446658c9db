import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { endSessions } from '../../../shared/domain/identity/session.ts';
import { checkReset } from '../../../shared/domain/identity/staff.ts';
import { http } from '../../../shared/function.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Takes away the second factor of somebody else who has lost the app and the recovery codes, and ends all their
 * sessions: they log in with their password and set up another. Where there is none, nothing happens.
 */
export const resetSecondFactor = http(
  {
    route: 'POST /api/admin/staff/{userId}/second-factor/reset',
    auth: { may: 'staff.manage', secondFactor: true },
    input: z.strictObject({ userId: UserId, reason: Reason }),
    output: z.object({}),
    errors: ['user.not_found', 'staff.not_yourself'],
  },
  async ({ input: { userId, reason }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    await ports.database.tx(async (tx) => {
      const target = await users.get(tx, userId);
      checkReset(await users.get(tx, user.id), target);
      const factor = await secondFactors.find(tx, userId);
      if (factor === null) return;
      await secondFactors.remove(tx, userId);
      await users.save(tx, endSessions(target, now));
      const what = { action: 'second_factor.reset', target: userId, reason, now, requestId };
      const change = { before: { secondFactor: factor.state }, after: { secondFactor: 'off' } };
      await audit.append(tx, { id: auditId, actorId: user.id, ...what, ...change });
    });
    return {};
  },
);
