import * as z from 'zod';
import { unban } from '../../../shared/domain/identity/staff.ts';
import { turnBan } from '../../../shared/flows/identity/turnBan.ts';
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
  (call) => turnBan(call, 'user.unban', unban),
);
