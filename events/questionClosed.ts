import * as z from 'zod';
import { event } from '../shared/event.ts';
import { QuestionId } from '../shared/schemas/base.ts';

/** A paid question is closed, and its money, or a part of it, goes back. Key: the question's id. */
export const questionClosed = event({
  name: 'question.closed',
  version: 1,
  schema: z.object({ questionId: QuestionId }),
  example: { questionId: 'qst_01JD0000000000000000000000' },
});
