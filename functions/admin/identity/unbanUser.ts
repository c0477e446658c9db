import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { staffUserView, unban } from '../../../shared/domain/identity/staff.ts';
import { http } from '../../../shared/function.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { Reason, StaffUserView } from '../../../shared/schemas/identity/staff.ts';

/**
 * Lifts the ban of a user. They have to log in again, because the ban ended their sessions for good.
 *
 * Lifting the ban of staff takes the right to manage staff and a fresh second factor.
 */
export const unbanUser = http(
  {
    route: 'POST /api/admin/users/{userId}/unban',
    auth: { may: 'user.ban' },
    input: z.strictObject({ userId: UserId, reason: Reason }),
    output: z.object({ user: StaffUserView }),
    errors: ['user.not_found', 'staff.not_yourself', 'auth.second_factor_required'],
  },
  async ({ input: { userId, reason }, user, now, ports, requestId }) => {
    const { hasFreshFactor } = user;
    const auditId = ports.ids.make('aud');
    const changed = await ports.database.tx(async (tx) => {
      const before = await users.get(tx, userId);
      const after = unban({ actor: await users.get(tx, user.id), hasFreshFactor }, before, now);
      const factor = await secondFactors.find(tx, userId);
      if (after === before) return staffUserView(before, factor);
      await users.save(tx, before, after);
      const what = { action: 'user.unban', target: userId, reason, now, requestId };
      const change = { before: { state: before.state }, after: { state: after.state } };
      await audit.append(tx, { id: auditId, actorId: user.id, ...what, ...change });
      return staffUserView(after, factor);
    });
    return { user: changed };
  },
);
