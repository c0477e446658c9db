import * as answers from '../../data/questions/answers.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Question, StaffQuestionView } from '../../schemas/questions/question.ts';
import { preview } from '../review/previewWritten.ts';

/** A question as staff see it who judge it, with the newest answer. */
export async function staffQuestion(
  ports: Pick<Ports, 'database' | 'files'>,
  question: Question,
  now: TimeMs,
): Promise<StaffQuestionView> {
  const answer = await answers.find(ports.database, question.id);
  return {
    ...question,
    question: await preview(ports, question.shown ?? question.newest, now),
    answer: answer === null ? null : await preview(ports, answer.shown ?? answer.newest, now),
  };
}
