import { questionEndNeared } from '../../events/questionEndNeared.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Reminds an expert of a question that has few hours left. */
export const tellEndingQuestion = consumer({ on: questionEndNeared }, async (call) => {
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
    cause: `question_ending:${call.event.id.slice(call.event.name.length + 1)}`,
    subject: { kind: 'question_ending', questionId, title, untilAtMs: deadlineAtMs },
  });
});
