import { questionAnswered } from '../../events/questionAnswered.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells who asked that the answer is there, and until when it can be disputed. */
export const tellAnsweredQuestion = consumer({ on: questionAnswered }, async (call) => {
  const {
    id: questionId,
    userId,
    newest,
    nextAtMs,
  } = await questions.get(call.ports.database, call.data.questionId);
  if (nextAtMs === null) return;
  const title = newest.title ?? '';
  await leaveMessage(call, {
    userId,
    cause: `question_answered:${call.event.id.slice(call.event.name.length + 1)}`,
    subject: { kind: 'question_answered', questionId, title, untilAtMs: nextAtMs },
  });
});
