import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { invite } from '../../../shared/domain/identity/secondFactor.ts';
import { giveRole, staffView } from '../../../shared/domain/identity/staff.ts';
import { fail } from '../../../shared/errors.ts';
import { newEnrolmentCode } from '../../../shared/flows/identity/secondFactor.ts';
import { http } from '../../../shared/function.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { Reason, StaffView } from '../../../shared/schemas/identity/staff.ts';
import { Role } from '../../../shared/schemas/identity/user.ts';

/**
 * Gives somebody a role, which counts from their next call on. The role `learner` takes all rights away.
 *
 * Nobody can change their own role, so there is always an administrator left. The caller says which role they saw. A
 * new member of staff without a second factor gets an enrolment code. It is shown only here and is valid for a day, and
 * without it they can do nothing. If it is lost or has expired, `resetSecondFactor` makes another.
 */
export const setStaffRole = http(
  {
    route: 'POST /api/admin/staff/{userId}/role',
    auth: { may: 'staff.manage', secondFactor: 'fresh' },
    input: z.strictObject({ userId: UserId, expectedRole: Role, role: Role, reason: Reason }),
    output: z.object({ staff: StaffView, enrolmentCode: z.string().nullable() }),
    errors: ['user.not_found', 'staff.not_yourself', 'staff.role_changed'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const { userId, expectedRole, role, reason } = input;
    const auditId = ports.ids.make('aud');
    const { code, digest } = newEnrolmentCode(ports, userId);
    return ports.database.tx(async (tx) => {
      const actor = await users.get(tx, user.id);
      const before = await users.get(tx, userId);
      const after = giveRole(actor, before, role, now);
      const factor = await secondFactors.find(tx, userId);
      // This code is stored only if this same transaction already committed and its answer was lost.
      const isMade = factor?.enrolment?.digest === digest;
      if (after === before) return { staff: staffView(before, factor), enrolmentCode: isMade ? code : null };
      if (before.role !== expectedRole) throw fail('staff.role_changed', { params: { role: before.role } });
      await users.save(tx, before, after);
      const what = { action: 'staff.role', target: userId, reason, now, requestId };
      const change = { before: { role: before.role }, after: { role } };
      await audit.append(tx, { id: auditId, actorId: user.id, ...what, ...change });
      const needsFactor = role !== 'learner' && factor?.state !== 'on';
      if (needsFactor) await secondFactors.save(tx, factor, invite(factor, { userId, digest, now }));
      return { staff: staffView(after, factor), enrolmentCode: needsFactor ? code : null };
    });
  },
);
