import { courseFinished } from '../../events/courseFinished.ts';
import { giveReward } from '../../shared/flows/points/pointsRewards.ts';
import { consumer } from '../../shared/function.ts';

/** Gives points for a finished course: once for each course, up to a number of courses a day. */
export const rewardFinishedCourse = consumer({ on: courseFinished }, async ({ data, tx, now }) => {
  const { userId, productId } = data;
  await giveReward(tx, {
    userId,
    kind: 'course_finished',
    id: `${userId}:course_finished:${productId}`,
    now,
  });
});
