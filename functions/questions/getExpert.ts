import * as z from 'zod';
import * as experts from '../../shared/data/questions/experts.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { fail } from '../../shared/errors.ts';
import { showExperts } from '../../shared/flows/questions/showExperts.ts';
import { http } from '../../shared/function.ts';
import { UserId } from '../../shared/schemas/base.ts';
import { ExpertView } from '../../shared/schemas/questions/expert.ts';

/** Shows one expert, also one who has paused. */
export const getExpert = http(
  {
    route: 'GET /api/experts/{id}',
    auth: 'optional',
    input: z.strictObject({ id: UserId }),
    output: z.object({ expert: ExpertView }),
    errors: ['feature.off', 'expert.not_found'],
  },
  async ({ input: { id }, now, ports: { database, settings } }) => {
    needFeature(settings.talk, 'questions', 'read');
    const [expert] = await showExperts(database, [await experts.get(database, id)], now);
    if (expert === undefined) throw fail('expert.not_found');
    return { expert };
  },
);
