import * as z from 'zod';
import { event } from '../shared/event.ts';
import { FeedbackId, TimeMs, UserId } from '../shared/schemas/base.ts';

/** Staff answered what somebody had told the shop. Key: `<feedback>:<how many turns it has>`. */
export const feedbackAnswered = event({
  name: 'feedback.answered',
  version: 1,
  schema: z.object({ feedbackId: FeedbackId, userId: UserId, answeredAtMs: TimeMs }),
  example: {
    feedbackId: 'fbk_01JD0000000000000000000004',
    userId: 'usr_01JD0000000000000000000001',
    answeredAtMs: 1_795_000_000_000,
  },
});
