import * as z from 'zod';
import { event } from '../shared/event.ts';
import { QuestionId } from '../shared/schemas/base.ts';

/** The answer to a paid question has passed its check. Key: the question's id, and the version. */
export const questionAnswered = event({
  name: 'question.answered',
  version: 1,
  schema: z.object({ questionId: QuestionId }),
  example: { questionId: 'qst_01JD0000000000000000000000' },
});
