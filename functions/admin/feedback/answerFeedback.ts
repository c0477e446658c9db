import * as z from 'zod';
import { feedbackAnswered } from '../../../events/feedbackAnswered.ts';
import * as feedbacks from '../../../shared/data/feedback/feedbacks.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { answer } from '../../../shared/domain/feedback/feedback.ts';
import { fact } from '../../../shared/event.ts';
import { closeCall } from '../../../shared/flows/feedback/callForAPerson.ts';
import { showFeedback } from '../../../shared/flows/feedback/showFeedback.ts';
import { http } from '../../../shared/function.ts';
import { FeedbackId } from '../../../shared/schemas/base.ts';
import { FeedbackWords, SeenTurns, StaffFeedbackPage } from '../../../shared/schemas/feedback/feedback.ts';

/**
 * Answers what somebody told the shop. They find the answer in their inbox. Its case, if there is one, is closed. A
 * repeat with the same words changes nothing.
 */
export const answerFeedback = http(
  {
    route: 'POST /api/admin/feedback/{id}/answer',
    auth: { may: 'feedback.answer' },
    input: z.strictObject({ id: FeedbackId, answer: FeedbackWords, seenTurns: SeenTurns }),
    output: z.object({ feedback: StaffFeedbackPage.shape.items.element }),
    errors: [
      ...(['feedback.not_found', 'feedback.not_open', 'feedback.turn_changed'] as const),
      'feedback.too_long',
    ],
    cost: 'signature',
  },
  async ({ input: { id, answer: words, seenTurns }, user, now, ports, requestId }) => {
    const feedback = await ports.database.tx(async (tx) => {
      const before = await feedbacks.get(tx, id);
      const after = answer(before, { words, seenTurns, by: user.id }, now);
      if (after === before) return before;
      await feedbacks.save(tx, before, after);
      await closeCall(tx, after, { by: user.id, now });
      const key = `${id}:${after.turns.length}`;
      const told = { feedbackId: id, userId: after.userId, answeredAtMs: now };
      await tasks.append(tx, [fact(feedbackAnswered, key, told)], { now, requestId });
      await audit.append(tx, {
        ...{ id: `feedback.answer:${key}`, actorId: user.id, action: 'feedback.answer', target: id },
        ...{ reason: null, before: null, after: { words }, now, requestId },
      });
      return after;
    });
    const [shown] = await showFeedback(ports, [feedback], now);
    if (shown === undefined) throw new Error('a feedback is shown as one');
    return { feedback: shown };
  },
);
