import * as courseProgresses from '../../data/learning/courseProgresses.ts';
import { courseShare } from '../../domain/learning/courseProgress.ts';
import type { Ports } from '../../ports/ports.ts';
import type { BasisPoints, ProductId, UserId } from '../../schemas/base.ts';
import { findCourse } from '../catalogue/catalogue.ts';

/** How much of a course somebody has finished now; null for a product that is no course. */
export async function learnedOf(ports: Ports, userId: UserId, id: ProductId): Promise<BasisPoints | null> {
  const shown = await findCourse(ports, id);
  if (shown === null) return null;
  const progress = await courseProgresses.find(ports.database, userId, id);
  return courseShare(progress, shown.course).progressBp;
}
