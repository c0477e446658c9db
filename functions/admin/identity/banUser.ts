import * as z from 'zod';
import { ban } from '../../../shared/domain/identity/staff.ts';
import { turnBan } from '../../../shared/flows/identity/turnBan.ts';
import { http } from '../../../shared/function.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { Reason, StaffUserView } from '../../../shared/schemas/identity/staff.ts';

/**
 * Bans a user and ends all their sessions at once. What they bought stays theirs.
 *
 * Banning staff takes the right to manage staff and a fresh second factor.
 */
export const banUser = http(
  {
    route: 'POST /api/admin/users/{userId}/ban',
    auth: { may: 'user.ban' },
    input: z.strictObject({ userId: UserId, reason: Reason }),
    output: z.object({ user: StaffUserView }),
    errors: ['user.not_found', 'staff.not_yourself', 'auth.second_factor_required'],
  },
  (call) => turnBan(call, 'user.ban', ban),
);
