import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { invite } from '../../../shared/domain/identity/secondFactor.ts';
import { endSessions } from '../../../shared/domain/identity/session.ts';
import { checkReset } from '../../../shared/domain/identity/staff.ts';
import { newEnrolmentCode } from '../../../shared/flows/identity/secondFactor.ts';
import { http } from '../../../shared/function.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Removes the second factor of somebody who has lost the app and the recovery codes, and ends all their sessions.
 *
 * A member of staff gets a new enrolment code, which is shown only here and is valid for a day. They need it together
 * with their password. A learner gets none. Nobody can reset their own.
 */
export const resetSecondFactor = http(
  {
    route: 'POST /api/admin/staff/{userId}/second-factor/reset',
    auth: { may: 'staff.manage', secondFactor: 'fresh' },
    input: z.strictObject({ userId: UserId, reason: Reason }),
    output: z.object({ enrolmentCode: z.string().nullable() }),
    errors: ['user.not_found', 'staff.not_yourself'],
  },
  async ({ input: { userId, reason }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const { code, digest } = newEnrolmentCode(ports, userId);
    const enrolmentCode = await ports.database.tx(async (tx) => {
      const target = await users.get(tx, userId);
      checkReset(await users.get(tx, user.id), target);
      const factor = await secondFactors.find(tx, userId);
      const isStaff = target.role !== 'learner';
      if (factor === null && !isStaff) return null;
      // This code is stored only if this same transaction already committed and its answer was lost.
      if (factor?.enrolment?.digest === digest) return code;
      if (isStaff) await secondFactors.save(tx, factor, invite(factor, { userId, digest, now }));
      else await secondFactors.remove(tx, userId);
      await users.save(tx, target, endSessions(target, now));
      const what = { action: 'second_factor.reset', target: userId, reason, now, requestId };
      const after = { secondFactor: isStaff ? 'invited' : 'off' };
      const change = { before: { secondFactor: factor?.state ?? 'off' } };
      await audit.append(tx, { id: auditId, actorId: user.id, ...what, ...change, after });
      return isStaff ? code : null;
    });
    return { enrolmentCode };
  },
);
