import { courseFinished } from '../../events/courseFinished.ts';
import { giveReward } from '../../shared/flows/points/pointsRewards.ts';
import { consumer } from '../../shared/function.ts';

/** Gives points for a course that was finished, each course once, and only so many a day. */
export const rewardFinishedCourse = consumer({ on: courseFinished }, async ({ data, tx, now }) => {
  const { userId, productId } = data;
  await giveReward(tx, {
    userId,
    kind: 'course_finished',
    id: `${userId}:course_finished:${productId}`,
    now,
  });
});
