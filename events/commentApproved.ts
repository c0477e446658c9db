import * as z from 'zod';
import { event } from '../shared/event.ts';
import { CommentId, TimeMs, UserId } from '../shared/schemas/base.ts';

/**
 * A comment has passed review and everybody can read it. Key: the comment's id. Published by the part that reviews
 * comments.
 */
export const commentApproved = event({
  name: 'comment.approved',
  version: 1,
  schema: z.object({ commentId: CommentId, userId: UserId, approvedAtMs: TimeMs }),
  example: {
    commentId: 'cmt_01JD0000000000000000000004',
    userId: 'usr_01JD0000000000000000000001',
    approvedAtMs: 1_795_000_000_000,
  },
});
