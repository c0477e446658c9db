import * as z from 'zod';
import * as feedbacks from '../../shared/data/feedback/feedbacks.ts';
import { feedbackView, reopen } from '../../shared/domain/feedback/feedback.ts';
import { callForAPerson } from '../../shared/flows/feedback/callForAPerson.ts';
import { http } from '../../shared/function.ts';
import { DAY_MS, FeedbackId } from '../../shared/schemas/base.ts';
import { FeedbackView, FeedbackWords, SeenTurns } from '../../shared/schemas/feedback/feedback.ts';

/**
 * Says more about something that was answered, so that it waits for an answer again. It can be done for fourteen days.
 * A repeat with the same words changes nothing.
 */
export const reopenFeedback = http(
  {
    route: 'POST /api/me/feedback/{id}/reopen',
    auth: 'member',
    input: z.strictObject({ id: FeedbackId, words: FeedbackWords, seenTurns: SeenTurns }),
    output: z.object({ feedback: FeedbackView }),
    errors: [
      ...(['feedback.not_found', 'feedback.not_answered', 'feedback.turn_changed'] as const),
      ...(['feedback.too_late', 'feedback.too_long'] as const),
    ],
    limit: { max: 20, windowMs: DAY_MS },
  },
  async ({ input: { id, ...said }, user, now, ports }) => {
    const feedback = await ports.database.tx(async (tx) => {
      const before = await feedbacks.getOwn(tx, user.id, id);
      const after = reopen(before, { ...said, by: user.id }, now);
      if (after === before) return before;
      await feedbacks.save(tx, before, after);
      await callForAPerson(tx, after, now);
      return after;
    });
    return { feedback: feedbackView(feedback, now) };
  },
);
