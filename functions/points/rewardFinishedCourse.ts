import { courseFinished } from '../../events/courseFinished.ts';
import { rewardFor } from '../../shared/domain/points/pointsRewards.ts';
import { keptForCourse } from '../../shared/flows/points/keptForCourse.ts';
import { giveReward } from '../../shared/flows/points/pointsRewards.ts';
import { courseRewardId } from '../../shared/flows/points/undoCourseReward.ts';
import { consumer } from '../../shared/function.ts';

/** Gives points for a finished course: once for each course, up to a number of courses a day. */
export const rewardFinishedCourse = consumer({ on: courseFinished }, async ({ data, tx, now, ports }) => {
  const { userId, productId } = data;
  const kept = await keptForCourse(tx, { userId, productId, now });
  const count = rewardFor('course_finished', kept, ports.settings.selling);
  if (count === 0) return;
  const id = courseRewardId(userId, productId);
  await giveReward(tx, { userId, kind: 'course_finished', id, points: count, now });
});
