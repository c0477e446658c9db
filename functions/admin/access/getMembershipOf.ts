import * as z from 'zod';
import * as users from '../../../shared/data/identity/users.ts';
import { showMembership } from '../../../shared/flows/access/showMembership.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { http } from '../../../shared/function.ts';
import { MembershipView } from '../../../shared/schemas/access/membership.ts';
import { UserId } from '../../../shared/schemas/base.ts';

/** Shows staff somebody's memberships, past and present. The audit log records who looked. */
export const getMembershipOf = http(
  {
    route: 'GET /api/admin/memberships/{userId}',
    auth: { may: 'membership.view' },
    input: z.strictObject({ userId: UserId }),
    output: MembershipView,
    errors: ['user.not_found'],
  },
  async (call) => {
    const { input, now, ports } = call;
    await users.get(ports.database, input.userId);
    await logReading(call, { action: 'membership.view', target: input.userId, reason: null });
    return showMembership(ports, input.userId, now);
  },
);
