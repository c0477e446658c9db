import * as z from 'zod';
import * as experts from '../../shared/data/questions/experts.ts';
import { myExpertView } from '../../shared/domain/questions/expert.ts';
import { http } from '../../shared/function.ts';
import { MyExpertView } from '../../shared/schemas/questions/expert.ts';

/** Shows the caller what they offer as an expert, what of it waits for staff, and how they did. */
export const getMyExpert = http(
  {
    route: 'GET /api/me/expert',
    auth: 'member',
    input: z.strictObject({}),
    output: z.object({ expert: MyExpertView }),
    errors: ['expert.not_found'],
  },
  async ({ user, now, ports }) => ({
    expert: myExpertView(await experts.get(ports.database, user.id), now),
  }),
);
