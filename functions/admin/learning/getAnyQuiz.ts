import * as z from 'zod';
import * as quizzes from '../../../shared/data/learning/quizzes.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { LessonId, ProductId } from '../../../shared/schemas/base.ts';
import { Quiz } from '../../../shared/schemas/learning/quiz.ts';

/** Shows staff the quiz of a lesson with its key. */
export const getAnyQuiz = http(
  {
    route: 'GET /api/admin/courses/{id}/lessons/{lessonId}/quiz',
    auth: { may: 'product.view' },
    input: z.strictObject({ id: ProductId, lessonId: LessonId }),
    output: z.object({ quiz: Quiz }),
    errors: ['quiz.not_found'],
  },
  async ({ input: { id, lessonId }, ports }) => {
    const quiz = await quizzes.find(ports.database, lessonId);
    if (quiz === null || quiz.productId !== id) throw fail('quiz.not_found');
    return { quiz };
  },
);
