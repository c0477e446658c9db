import * as z from 'zod';
import { approveOffer } from '../../../shared/domain/questions/expert.ts';
import { decideExpert } from '../../../shared/flows/questions/decideExpert.ts';
import { http } from '../../../shared/function.ts';
import { httpsUrl, UserId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffExpertView } from '../../../shared/schemas/questions/expert.ts';

/**
 * Approves what an expert offers, in the version that was seen: from then on everybody sees it, and questions are sold
 * with this picture. Nobody approves themselves. Where a platform has to know each price, a new one applies once it
 * does.
 */
export const approveExpert = http(
  {
    route: 'POST /api/admin/experts/{id}/approve',
    auth: { may: 'expert.approve' },
    input: z.strictObject({
      ...{ id: UserId, version: z.int().min(1), coverUrl: httpsUrl(500), reason: Reason },
    }),
    output: z.object({ expert: StaffExpertView }),
    errors: ['expert.not_found', 'expert.version_changed', 'expert.not_waiting', 'staff.not_yourself'],
  },
  async (call) => {
    const { version, coverUrl, reason } = call.input;
    const said = { version, coverUrl, reason, by: call.user.id };
    return { expert: await decideExpert(call, 'approve', (expert) => approveOffer(expert, said, call.now)) };
  },
);
