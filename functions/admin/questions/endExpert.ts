import * as z from 'zod';
import { endOffer } from '../../../shared/domain/questions/expert.ts';
import { decideExpert } from '../../../shared/flows/questions/decideExpert.ts';
import { http } from '../../../shared/function.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffExpertView } from '../../../shared/schemas/questions/expert.ts';

/**
 * Ends somebody as an expert: nobody can ask them any more. What is paid is answered, or goes back, as before. They may
 * make another offer.
 */
export const endExpert = http(
  {
    route: 'POST /api/admin/experts/{id}/end',
    auth: { may: 'expert.approve' },
    input: z.strictObject({ id: UserId, version: z.int().min(1), reason: Reason }),
    output: z.object({ expert: StaffExpertView }),
    errors: ['expert.not_found', 'expert.version_changed', 'staff.not_yourself'],
  },
  async (call) => {
    const { version, reason } = call.input;
    const said = { version, reason, by: call.user.id };
    return { expert: await decideExpert(call, 'end', (expert) => endOffer(expert, said, call.now)) };
  },
);
