import * as z from 'zod';
import * as experts from '../../shared/data/questions/experts.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import { OPEN_MAX, refuseUnlessTaking } from '../../shared/domain/questions/expert.ts';
import { askedBefore, askQuestion } from '../../shared/domain/questions/question.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { fail } from '../../shared/errors.ts';
import { showQuestion } from '../../shared/flows/questions/showQuestion.ts';
import { submitWritten } from '../../shared/flows/questions/submitWritten.ts';
import { agreedUser } from '../../shared/flows/review/mayWrite.ts';
import { http } from '../../shared/function.ts';
import { DAY_MS, QuestionId, UserId } from '../../shared/schemas/base.ts';
import { QuestionView, QuestionWritten } from '../../shared/schemas/questions/question.ts';

/**
 * Asks an expert a question. It is checked first, and paid for by `createOrder` once its state is `ready`; unpaid it
 * lapses after seven days.
 *
 * The client makes the id and keeps it until it has an answer: a repeat with the same id answers the question as it is.
 * Nobody else sees it before it is paid. Nobody asks themselves.
 */
export const createQuestion = http(
  {
    route: 'POST /api/questions',
    auth: 'member',
    input: QuestionWritten.extend({ id: QuestionId, expertId: UserId }),
    output: z.object({ question: QuestionView }),
    errors: [
      ...(['feature.off', 'consent.required', 'phone.required', 'upload.not_found'] as const),
      ...(['expert.not_found', 'expert.not_taking', 'question.id_taken'] as const),
    ],
    cost: 'signature',
    limit: { max: 20, windowMs: DAY_MS },
  },
  async ({ input, user, now, ports, requestId }) => {
    needFeature(ports.settings.talk, 'questions', 'write');
    const { database } = ports;
    const question = await database.tx(async (tx) => {
      const { id, productId } = await experts.get(tx, input.expertId);
      const asked = { ...input, userId: user.id, productId };
      const stored = await questions.find(tx, input.id);
      if (stored !== null) return askedBefore(stored, asked);
      if (id === user.id) throw fail('expert.not_taking');
      await agreedUser(tx, user.id, 'questions', ports);
      refuseUnlessTaking(await experts.get(tx, id), await questions.countOpen(database, id, OPEN_MAX), now);
      const written = { target: `question:${input.id}`, before: null, text: input } as const;
      const write = (doubts: readonly string[]) => askQuestion(asked, doubts, now);
      const made = await submitWritten(tx, { ...written, write }, { ports, now, requestId });
      await questions.insert(tx, made);
      return made;
    });
    return { question: await showQuestion(ports, question, { userId: user.id, now }) };
  },
);
