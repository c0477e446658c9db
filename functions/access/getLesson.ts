import * as z from 'zod';
import { NO_ACCESS } from '../../shared/domain/access/access.ts';
import { maySee, mediaExpiresAtMs } from '../../shared/domain/catalogue/course.ts';
import { fail } from '../../shared/errors.ts';
import { accessToOne } from '../../shared/flows/access/accessTo.ts';
import { recordOpened } from '../../shared/flows/access/recordOpened.ts';
import { refusalOf } from '../../shared/flows/access/refusalOf.ts';
import { findShownLesson } from '../../shared/flows/catalogue/catalogue.ts';
import { http } from '../../shared/function.ts';
import { LessonId } from '../../shared/schemas/base.ts';
import { LessonView } from '../../shared/schemas/catalogue/product.ts';

/**
 * Opens a lesson: its text, and a media URL that stops working soon after the lesson could have been played through.
 *
 * Trial lessons of a course on sale are open to everybody. The other lessons are open to those who own the course.
 * Anybody else gets an error that names the product to buy and its price. An owner can still open lessons of a
 * withdrawn course, and lessons that staff have hidden since.
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
    const shown = await findShownLesson(ports, input.id);
    if (shown === null) throw fail('lesson.not_found');
    const { product, lesson, isHidden } = shown;
    const access = user === null ? NO_ACCESS : await accessToOne(ports.database, user.id, product, now);
    const isOwned = access.mayUse;
    if (!maySee(product, isOwned) || (isHidden && !isOwned)) throw fail('lesson.not_found');
    const asked = { product, userId: user?.id ?? null, now };
    const refusal = () => refusalOf('lesson.not_owned', ports, asked);
    if (!isOwned && !lesson.isTrial) throw await refusal();

    if (user !== null && isOwned && !lesson.isTrial) {
      const opened = { userId: user.id, product, access, what: lesson.id, isDownload: false, refusal };
      await recordOpened(ports, opened, now);
    }
    const { mediaKey, ...view } = lesson;
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
