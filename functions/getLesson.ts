import * as z from 'zod';
import * as entitlements from '../shared/data/entitlements.ts';
import { maySee, mediaExpiresAtMs } from '../shared/domain/course.ts';
import { accessUntilAtMs, mayUse } from '../shared/domain/entitlement.ts';
import { fail } from '../shared/errors.ts';
import { findCourse, findLesson } from '../shared/flows/catalogue.ts';
import { http } from '../shared/function.ts';
import { LessonId } from '../shared/schemas/base.ts';
import { LessonView } from '../shared/schemas/product.ts';

/**
 * Opens a lesson: its text, and a media URL that stops working soon after the lesson could have been played through.
 *
 * Trial lessons of a course on sale are open to everybody, the others to who owns the course; anybody else is told
 * which product to buy and for how much. Lessons of a withdrawn course stay open to its owners.
 */
export const getLesson = http(
  {
    route: 'GET /api/lessons/{id}',
    auth: 'optional',
    input: z.strictObject({ id: LessonId }),
    output: LessonView,
    errors: ['lesson.not_found', 'lesson.not_owned'],
  },
  async ({ input, user, now, ports }) => {
    const lesson = await findLesson(ports, input.id);
    const course = lesson === null ? null : await findCourse(ports, lesson.productId);
    if (lesson === null || course === null) throw fail('lesson.not_found');
    const { product } = course;
    const entitlement = user === null ? null : await entitlements.find(ports.database, user.id, product.id);
    const isOwned = mayUse(entitlement, now);
    if (!maySee(product, isOwned)) throw fail('lesson.not_found');
    if (!isOwned && !lesson.isTrial) {
      throw fail('lesson.not_owned', { params: { productId: product.id, listFen: product.listFen } });
    }

    const { mediaKey, ...shown } = lesson;
    if (mediaKey === null) return { ...shown, mediaUrl: null, mediaExpiresAtMs: null };
    const untilAtMs = lesson.isTrial ? null : accessUntilAtMs(entitlement);
    const expiresAtMs = mediaExpiresAtMs(lesson, untilAtMs, now);
    return {
      ...shown,
      mediaUrl: await ports.files.signedUrl(mediaKey, expiresAtMs),
      mediaExpiresAtMs: expiresAtMs,
    };
  },
);
