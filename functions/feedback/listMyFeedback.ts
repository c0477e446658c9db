import * as z from 'zod';
import * as feedbacks from '../../shared/data/feedback/feedbacks.ts';
import { feedbackView } from '../../shared/domain/feedback/feedback.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { FeedbackPage } from '../../shared/schemas/feedback/feedback.ts';

/** Lists what the caller told the shop, newest first, with what was answered. */
export const listMyFeedback = http(
  {
    route: 'GET /api/me/feedback',
    auth: 'member',
    input: z.strictObject({ limit: PageSize, cursor: Cursor.optional() }),
    output: FeedbackPage,
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, user, now, ports }) => {
    const page = await feedbacks.ofUser(ports.database, user.id, { limit, cursor });
    return { items: page.items.map((each) => feedbackView(each, now)), nextCursor: page.nextCursor };
  },
);
