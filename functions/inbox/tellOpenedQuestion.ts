import { questionOpened } from '../../events/questionOpened.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells an expert that a paid question waits for an answer, and until when. */
export const tellOpenedQuestion = consumer({ on: questionOpened }, async (call) => {
  const {
    id: questionId,
    expertId: userId,
    newest,
    deadlineAtMs,
  } = await questions.get(call.ports.database, call.data.questionId);
  if (deadlineAtMs === null) return;
  const title = newest.title ?? '';
  await leaveMessage(call, {
    userId,
    cause: `question_opened:${call.event.id.slice(call.event.name.length + 1)}`,
    subject: { kind: 'question_opened', questionId, title, untilAtMs: deadlineAtMs },
  });
});
