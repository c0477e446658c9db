import { courseRefunded } from '../../events/courseRefunded.ts';
import { refundSucceeded } from '../../events/refundSucceeded.ts';
import * as products from '../../shared/data/catalogue/products.ts';
import * as courseProgresses from '../../shared/data/learning/courseProgresses.ts';
import { fact } from '../../shared/event.ts';
import { consumer } from '../../shared/function.ts';

/** The most courses that one refund is followed to. One transaction tells of all of them. */
const COURSES_MAX = 50;

/**
 * Tells which courses somebody had begun by what a refund took back: the courses of the order, and the parts of its
 * bundles and columns, also of those that have left them.
 */
export const checkRefundedCourses = consumer({ on: refundSucceeded }, async ({ data, ports, emit }) => {
  const { refundId, userId, takenBack, succeededAtMs: refundedAtMs } = data;
  if (takenBack.length === 0) return;
  const bought = await products.findMany(ports.database, takenBack);
  const ids = bought.flatMap(({ id, parts, formerParts }) => [
    id,
    ...parts,
    ...formerParts.map(({ productId }) => productId),
  ]);
  const begun = await courseProgresses.ofCourses(ports.database, userId, ids);
  const last = begun.toSorted((one, other) => other.updatedAtMs - one.updatedAtMs).slice(0, COURSES_MAX);
  const facts = last.map(({ productId }) =>
    fact(courseRefunded, `${refundId}:${productId}`, { userId, productId, refundedAtMs }),
  );
  await emit(...facts);
});
