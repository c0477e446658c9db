import * as z from 'zod';
import * as questions from '../../../shared/data/questions/questions.ts';
import { judgeDisputed } from '../../../shared/flows/questions/judgeDisputed.ts';
import { staffQuestion } from '../../../shared/flows/questions/staffQuestion.ts';
import { http } from '../../../shared/function.ts';
import { BasisPoints, QuestionId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffQuestionView } from '../../../shared/schemas/questions/question.ts';

/**
 * Judges a disputed answer: which share of the question's money goes back. The rest is earned, once that part is back;
 * with nothing to give back at once. Safe to repeat.
 *
 * Nobody judges what they asked or answered. Where the money cannot be given back, only nothing can be judged so. A
 * question costs at most 500 yuan, so one person judges it; above that a refund waits for a second one, as every
 * refund.
 */
export const judgeQuestion = http(
  {
    route: 'POST /api/admin/questions/{id}/judge',
    auth: { may: 'question.judge', secondFactor: 'fresh' },
    input: z.strictObject({ id: QuestionId, refundBp: BasisPoints, reason: Reason }),
    output: z.object({ question: StaffQuestionView }),
    errors: ['question.not_found', 'question.not_disputed', 'staff.not_yourself', 'refund.ask_apple'],
    cost: 'signature',
  },
  async (call) => {
    const { ports, now } = call;
    await judgeDisputed(call);
    return { question: await staffQuestion(ports, await questions.get(ports.database, call.input.id), now) };
  },
);
