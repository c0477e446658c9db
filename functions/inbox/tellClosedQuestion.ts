import { questionClosed } from '../../events/questionClosed.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells who asked that a question is closed, and why its money goes back. */
export const tellClosedQuestion = consumer({ on: questionClosed }, async (call) => {
  const {
    id: questionId,
    userId,
    newest,
    returnCause,
  } = await questions.get(call.ports.database, call.data.questionId);
  if (returnCause === null) return;
  const title = newest.title ?? '';
  await leaveMessage(call, {
    userId,
    cause: `question_closed:${call.event.id.slice(call.event.name.length + 1)}`,
    subject: { kind: 'question_closed', questionId, title, cause: returnCause },
  });
});
