import * as z from 'zod';
import * as quizzes from '../../../shared/data/learning/quizzes.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { LessonId, ProductId, QueryVersion } from '../../../shared/schemas/base.ts';

/**
 * Removes the quiz of a lesson, at once. Who has played the lesson finishes it with their next report, or when they
 * claim the certificate.
 */
export const removeQuiz = http(
  {
    route: 'DELETE /api/admin/courses/{id}/lessons/{lessonId}/quiz',
    auth: { may: 'course.update' },
    input: z.strictObject({ id: ProductId, lessonId: LessonId, expectedVersion: QueryVersion }),
    output: z.object({ lessonId: LessonId }),
    errors: ['quiz.not_found', 'quiz.version_changed'],
  },
  async ({ input: { id, lessonId, expectedVersion }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    await ports.database.tx(async (tx) => {
      const before = await quizzes.find(tx, lessonId);
      if (before === null || before.productId !== id) throw fail('quiz.not_found');
      const { version } = before;
      if (version !== expectedVersion) throw fail('quiz.version_changed', { params: { version } });
      await quizzes.remove(tx, lessonId);
      await audit.append(tx, {
        ...{ id: auditId, actorId: user.id, action: 'quiz.remove', target: lessonId, reason: null },
        ...{ before, after: null, now, requestId },
      });
    });
    return { lessonId };
  },
);
