import * as courseProgresses from '../../data/learning/courseProgresses.ts';
import { lineOf } from '../../domain/catalogue/outline.ts';
import { courseShare } from '../../domain/learning/courseProgress.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { LearnedCourseView } from '../../schemas/learning/progress.ts';
import { accessTo } from '../access/accessTo.ts';
import { findCourse } from '../catalogue/catalogue.ts';

/** One page of the courses that a user learns, the last opened first. Courses that no longer exist are left out. */
export async function learnedPage(
  ports: Ports,
  asked: {
    readonly userId: UserId;
    readonly limit: number;
    readonly cursor: string | null;
    readonly now: TimeMs;
  },
): Promise<{ items: LearnedCourseView[]; nextCursor: string | null }> {
  const { userId, limit, cursor, now } = asked;
  const page = await courseProgresses.lastLearnedOf(ports.database, userId, { limit, cursor });
  const shown = await Promise.all(page.items.map(({ productId }) => findCourse(ports, productId)));
  const products = shown.flatMap((each) => each?.product ?? []);
  const access = await accessTo(ports.database, userId, products, now);
  const items = page.items.flatMap((stored, index): LearnedCourseView[] => {
    const course = shown[index];
    if (course == null) return [];
    const { title, coverUrl } = course.product;
    const last = lineOf(course.course.chapters, stored.lastLessonId);
    return [
      {
        ...courseShare(stored, course.course),
        ...{ title, coverUrl, lastLessonTitle: last?.title ?? null },
        ...{ mayUse: access(course.product).mayUse, updatedAtMs: stored.updatedAtMs },
      },
    ];
  });
  return { items, nextCursor: page.nextCursor };
}
