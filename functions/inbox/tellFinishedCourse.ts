import { courseFinished } from '../../events/courseFinished.ts';
import * as products from '../../shared/data/catalogue/products.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells a learner that they have finished a course, and may claim its certificate. */
export const tellFinishedCourse = consumer({ on: courseFinished }, async (call) => {
  const { userId, productId } = call.data;
  const { title } = await products.get(call.ports.database, productId);
  await leaveMessage(call, {
    userId,
    cause: `course_finished:${productId}`,
    subject: { kind: 'course_finished', productId, title },
  });
});
