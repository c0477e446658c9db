import * as z from 'zod';
import * as feedbacks from '../../shared/data/feedback/feedbacks.ts';
import { feedbackView, tell, toldBefore } from '../../shared/domain/feedback/feedback.ts';
import { callForAPerson } from '../../shared/flows/feedback/callForAPerson.ts';
import { useImages } from '../../shared/flows/review/useUploads.ts';
import { http } from '../../shared/function.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';
import { FeedbackAsked, FeedbackView } from '../../shared/schemas/feedback/feedback.ts';

/**
 * Tells the shop something: a fault, a complaint, a wish. Only staff see it, and they answer it here.
 *
 * The client makes the id and keeps it until it has an answer: a repeat with the same id answers the feedback as it is.
 * What infringes somebody's rights becomes a case at once.
 */
export const sendFeedback = http(
  {
    route: 'POST /api/me/feedback',
    auth: 'member',
    input: FeedbackAsked,
    output: z.object({ feedback: FeedbackView }),
    errors: ['feedback.id_taken', 'upload.not_found'],
    limit: { max: 10, windowMs: DAY_MS },
  },
  async ({ input, user, now, ports }) => {
    const feedback = await ports.database.tx(async (tx) => {
      const stored = await feedbacks.find(tx, input.id);
      if (stored !== null) return toldBefore(stored, input, user.id);
      const told = tell(input, user.id, now);
      await useImages(tx, `feedback:${told.id}`, told, now);
      await feedbacks.insert(tx, told);
      await callForAPerson(tx, told, now);
      return told;
    });
    return { feedback: feedbackView(feedback, now) };
  },
);
