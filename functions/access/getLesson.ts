import * as z from 'zod';
import * as quizzes from '../../shared/data/learning/quizzes.ts';
import { isOwned } from '../../shared/domain/access/access.ts';
import { mediaExpiresAtMs } from '../../shared/domain/catalogue/course.ts';
import { lessonFor } from '../../shared/flows/access/lessonFor.ts';
import { recordHandedOut } from '../../shared/flows/learning/recordHandedOut.ts';
import { http } from '../../shared/function.ts';
import { LessonId } from '../../shared/schemas/base.ts';
import { LessonView } from '../../shared/schemas/catalogue/product.ts';

/**
 * Opens a lesson: its text, and a media URL that stops working soon after the lesson could have been played through.
 *
 * Trial lessons of a course on sale are open to everybody. The other lessons are open to those who own the course.
 * Anybody else gets an error that names the product to buy and its price. An owner can still open lessons of a
 * withdrawn course, and lessons that staff have hidden since. For a user, it is written down from when on the lesson
 * can have been played.
 */
export const getLesson = http(
  {
    route: 'GET /api/lessons/{id}',
    auth: 'optional',
    input: z.strictObject({ id: LessonId }),
    output: LessonView,
    errors: ['lesson.not_found', 'lesson.not_owned'],
    cost: 'signature',
  },
  async ({ input, user, now, ports }) => {
    const userId = user?.id ?? null;
    const { product, lesson, access, refusal } = await lessonFor(ports, { userId, lessonId: input.id, now });
    if (userId !== null) {
      const isCounted = isOwned(access) && !lesson.isTrial;
      const opening = isCounted
        ? { userId, product, access, what: lesson.id, isDownload: false, refusal }
        : null;
      await recordHandedOut(ports, { userId, lesson, opening, now });
    }
    const hasQuiz = (await quizzes.find(ports.database, lesson.id)) !== null;
    const { mediaKey, ...own } = lesson;
    const view = { ...own, hasQuiz };
    if (mediaKey === null) return { ...view, mediaUrl: null, mediaExpiresAtMs: null };
    const untilAtMs = lesson.isTrial ? null : access.untilAtMs;
    const expiresAtMs = mediaExpiresAtMs(lesson, untilAtMs, now);
    return {
      ...view,
      mediaUrl: await ports.files.signedUrl(mediaKey, expiresAtMs),
      mediaExpiresAtMs: expiresAtMs,
    };
  },
);
