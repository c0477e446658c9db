import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as certificates from '../../../shared/data/learning/certificates.ts';
import * as courseProgresses from '../../../shared/data/learning/courseProgresses.ts';
import { courseShare } from '../../../shared/domain/learning/courseProgress.ts';
import { fail } from '../../../shared/errors.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize, ProductId } from '../../../shared/schemas/base.ts';
import { LearnerPage } from '../../../shared/schemas/learning/progress.ts';

/**
 * Lists who learns a course, how far they are, and the number of their certificate, in the order of the users' ids.
 *
 * The audit log records who looked.
 */
export const listLearners = http(
  {
    route: 'GET /api/admin/courses/{productId}/learners',
    auth: { may: 'learner.view' },
    input: z.strictObject({ productId: ProductId, cursor: Cursor.optional(), limit: PageSize }),
    output: LearnerPage,
    errors: ['course.not_found'],
  },
  async ({ input: { productId, limit = 20, cursor = null }, ports, ...call }) => {
    const course = await courses.find(ports.database, productId);
    if (course === null) throw fail('course.not_found');
    const page = await courseProgresses.ofCourse(ports.database, productId, { limit, cursor });
    const ids = page.items.map(({ userId }) => userId);
    const issued = await certificates.ofLearners(ports.database, ids, productId);
    const numbers = new Map(issued.map(({ userId, number }) => [userId, number]));
    await logReading({ ports, ...call }, { action: 'learner.view', target: productId, reason: null });
    const items = page.items.map((each) => {
      const { userId, finishedAtMs, createdAtMs, updatedAtMs } = each;
      const { finishedCount, progressBp } = courseShare(each, course);
      const certificateNumber = numbers.get(userId) ?? null;
      return { userId, finishedAtMs, createdAtMs, updatedAtMs, finishedCount, progressBp, certificateNumber };
    });
    return { items, nextCursor: page.nextCursor };
  },
);
