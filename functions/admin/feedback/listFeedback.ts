import * as z from 'zod';
import * as feedbacks from '../../../shared/data/feedback/feedbacks.ts';
import { showFeedback } from '../../../shared/flows/feedback/showFeedback.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { Feedback, StaffFeedbackPage } from '../../../shared/schemas/feedback/feedback.ts';

/**
 * Lists what people told the shop: what waits for an answer, the longest waiting first, or what was answered, the last
 * answered first.
 */
export const listFeedback = http(
  {
    route: 'GET /api/admin/feedback',
    auth: { may: 'feedback.answer' },
    input: z.strictObject({
      state: Feedback.shape.state.optional(),
      limit: PageSize,
      cursor: Cursor.optional(),
    }),
    output: StaffFeedbackPage,
    errors: [],
    cost: 'signature',
  },
  async ({ input: { state = 'open', limit = 20, cursor = null }, now, ports }) => {
    const page = await feedbacks.inState(ports.database, state, { limit, cursor });
    return { items: await showFeedback(ports, page.items, now), nextCursor: page.nextCursor };
  },
);
