import { commentApproved } from '../../events/commentApproved.ts';
import { REWARDS } from '../../shared/domain/points/pointsRewards.ts';
import { giveReward } from '../../shared/flows/points/pointsRewards.ts';
import { consumer } from '../../shared/function.ts';

/** Gives points for a comment that passed review: once for each comment, up to a number of comments a day. */
export const rewardComment = consumer({ on: commentApproved }, async ({ data, tx, now }) => {
  const { userId, commentId } = data;
  const { points } = REWARDS.comment_approved;
  await giveReward(tx, { userId, kind: 'comment_approved', id: `${commentId}:approved`, points, now });
});
