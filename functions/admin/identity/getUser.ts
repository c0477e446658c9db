import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { staffUserView } from '../../../shared/domain/identity/staff.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { http } from '../../../shared/function.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { AnyReason, StaffUserView } from '../../../shared/schemas/identity/staff.ts';

/** Shows a user to staff. The audit log records who looked, and the reason if they gave one. */
export const getUser = http(
  {
    route: 'GET /api/admin/users/{userId}',
    auth: { may: 'user.view' },
    input: z.strictObject({ userId: UserId, reason: AnyReason }),
    output: z.object({ user: StaffUserView }),
    errors: ['user.not_found'],
  },
  async ({ input: { userId, reason }, ports, ...call }) => {
    const found = await users.get(ports.database, userId);
    const factor = await secondFactors.find(ports.database, userId);
    await logReading({ ports, ...call }, { action: 'user.read', target: userId, reason });
    return { user: staffUserView(found, factor) };
  },
);
