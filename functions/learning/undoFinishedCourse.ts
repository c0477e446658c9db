import { courseRefunded } from '../../events/courseRefunded.ts';
import { undoCertificate } from '../../shared/flows/learning/undoCertificate.ts';
import { undoCourseReward } from '../../shared/flows/points/undoCourseReward.ts';
import { consumer } from '../../shared/function.ts';

/**
 * Takes back what a finished course gave somebody, once a refund has taken back the purchase: the certificate, unless
 * they may still use the course, and the points, unless they paid for it otherwise. Points that were already spent are
 * owed. What was learned stays.
 */
export const undoFinishedCourse = consumer({ on: courseRefunded }, async ({ data, tx, now, ports }) => {
  const { userId, productId } = data;
  await undoCertificate(tx, { userId, productId, now });
  await undoCourseReward(tx, ports.settings.selling, { userId, productId, now });
});
