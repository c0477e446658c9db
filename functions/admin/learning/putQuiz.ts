import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as quizzes from '../../../shared/data/learning/quizzes.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { lineOf, workedOn } from '../../../shared/domain/catalogue/outline.ts';
import { writeQuiz } from '../../../shared/domain/learning/quiz.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { LessonId, ProductId } from '../../../shared/schemas/base.ts';
import { AskedQuestions, PassBp, Quiz } from '../../../shared/schemas/learning/quiz.ts';

/**
 * Writes the whole quiz of a lesson. Unlike the outline, it is live at once.
 *
 * Who has finished the lesson stays finished; everybody else has to pass it from now on. `expectedVersion` is 0 for a
 * lesson without a quiz. Repeating the very same change gives the same answer as the first time.
 */
export const putQuiz = http(
  {
    route: 'PUT /api/admin/courses/{id}/lessons/{lessonId}/quiz',
    auth: { may: 'course.update' },
    input: z.strictObject({
      id: ProductId,
      lessonId: LessonId,
      expectedVersion: z.int().min(0),
      questions: AskedQuestions,
      passBp: PassBp,
    }),
    output: z.object({ quiz: Quiz }),
    errors: ['course.not_found', 'lesson.not_found', 'quiz.version_changed'],
  },
  async ({ input: { id: productId, lessonId, ...written }, user, now, ports, requestId }) => {
    const quiz = await ports.database.tx(async (tx) => {
      const course = await courses.find(tx, productId);
      if (course === null) throw fail('course.not_found');
      if (lineOf(workedOn(course), lessonId) === null) throw fail('lesson.not_found');
      const before = await quizzes.find(tx, lessonId);
      const after = writeQuiz(before, { ...written, id: lessonId, productId, now });
      if (after === before) return before;
      await quizzes.save(tx, before, after);
      await audit.append(tx, {
        id: `quiz.update:${lessonId}:${after.version}:${after.createdAtMs}`,
        ...{ actorId: user.id, action: 'quiz.update', target: lessonId, reason: null },
        ...{ before, after, now, requestId },
      });
      return after;
    });
    return { quiz };
  },
);
