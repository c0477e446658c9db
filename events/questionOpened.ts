import * as z from 'zod';
import { event } from '../shared/event.ts';
import { QuestionId } from '../shared/schemas/base.ts';

/** A paid question waits for its expert's answer. Key: the question's id. */
export const questionOpened = event({
  name: 'question.opened',
  version: 1,
  schema: z.object({ questionId: QuestionId }),
  example: { questionId: 'qst_01JD0000000000000000000000' },
});
