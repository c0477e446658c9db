import * as z from 'zod';
import { event } from '../shared/event.ts';
import { Fen, QuestionId, TimeMs, UserId } from '../shared/schemas/base.ts';

/** What was kept of a question's money is earned. Key: the question's id. `shareFen` of `netFen` is the payee's. */
export const questionSettled = event({
  name: 'question.settled',
  version: 1,
  schema: z.object({
    questionId: QuestionId,
    payeeId: UserId,
    netFen: Fen,
    shareFen: Fen,
    atMs: TimeMs,
  }),
  example: {
    questionId: 'qst_01JD0000000000000000000000',
    payeeId: 'usr_01JD0000000000000000000000',
    netFen: 9_900,
    shareFen: 6_930,
    atMs: 1_764_000_000_000,
  },
});
