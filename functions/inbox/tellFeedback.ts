import { feedbackAnswered } from '../../events/feedbackAnswered.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells somebody that what they had told the shop is answered. */
export const tellFeedback = consumer({ on: feedbackAnswered }, async (call) => {
  const { feedbackId, userId } = call.data;
  const cause = call.event.id.replace(/^feedback\.answered:/, 'feedback_answered:');
  await leaveMessage(call, { userId, cause, subject: { kind: 'feedback_answered', feedbackId } });
});
