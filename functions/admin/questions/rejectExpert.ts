import * as z from 'zod';
import { rejectOffer } from '../../../shared/domain/questions/expert.ts';
import { decideExpert } from '../../../shared/flows/questions/decideExpert.ts';
import { http } from '../../../shared/function.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffExpertView } from '../../../shared/schemas/questions/expert.ts';

/**
 * Rejects what an expert offers, in the version that was seen. What was approved before stays. The expert reads why.
 */
export const rejectExpert = http(
  {
    route: 'POST /api/admin/experts/{id}/reject',
    auth: { may: 'expert.approve' },
    input: z.strictObject({ id: UserId, version: z.int().min(1), reason: Reason }),
    output: z.object({ expert: StaffExpertView }),
    errors: ['expert.not_found', 'expert.version_changed', 'expert.not_waiting', 'staff.not_yourself'],
  },
  async (call) => {
    const { version, reason } = call.input;
    const said = { version, reason, by: call.user.id };
    return { expert: await decideExpert(call, 'reject', (expert) => rejectOffer(expert, said, call.now)) };
  },
);
