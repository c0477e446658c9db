import * as z from 'zod';
import * as questions from '../../../shared/data/questions/questions.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { staffQuestion } from '../../../shared/flows/questions/staffQuestion.ts';
import { http } from '../../../shared/function.ts';
import { QuestionId } from '../../../shared/schemas/base.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';
import { StaffQuestionView } from '../../../shared/schemas/questions/question.ts';

/** Shows a paid or disputed question with its answer to staff who judge it. The audit log records who looked. */
export const getAnyQuestion = http(
  {
    route: 'GET /api/admin/questions/{id}',
    auth: { may: 'question.judge' },
    input: z.strictObject({ id: QuestionId, reason: AnyReason }),
    output: z.object({ question: StaffQuestionView }),
    errors: ['question.not_found'],
    cost: 'signature',
  },
  async ({ input: { id, reason }, ...call }) => {
    const { ports, now } = call;
    const question = await questions.get(ports.database, id);
    await logReading(call, { action: 'question.judge', target: id, reason });
    return { question: await staffQuestion(ports, question, now) };
  },
);
