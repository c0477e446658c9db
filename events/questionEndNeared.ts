import * as z from 'zod';
import { event } from '../shared/event.ts';
import { QuestionId } from '../shared/schemas/base.ts';

/** An expert has few hours left to answer a question. Key: the question's id. */
export const questionEndNeared = event({
  name: 'question.end_neared',
  version: 1,
  schema: z.object({ questionId: QuestionId }),
  example: { questionId: 'qst_01JD0000000000000000000000' },
});
