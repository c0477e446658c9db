import * as z from 'zod';
import * as progresses from '../../shared/data/learning/progresses.ts';
import * as quizzes from '../../shared/data/learning/quizzes.ts';
import { quizView, triesOf } from '../../shared/domain/learning/quiz.ts';
import { fail } from '../../shared/errors.ts';
import { lessonFor } from '../../shared/flows/access/lessonFor.ts';
import { http } from '../../shared/function.ts';
import { LessonId } from '../../shared/schemas/base.ts';
import { QuizView } from '../../shared/schemas/learning/quiz.ts';

/** Shows a lesson's quiz without its key, and how many tries the caller has left. */
export const getQuiz = http(
  {
    route: 'GET /api/lessons/{id}/quiz',
    auth: 'member',
    input: z.strictObject({ id: LessonId }),
    output: QuizView,
    errors: ['lesson.not_found', 'lesson.not_owned', 'quiz.not_found', 'progress.not_opened'],
  },
  async ({ input: { id }, user, now, ports }) => {
    await lessonFor(ports, { userId: user.id, lessonId: id, now });
    const [quiz, progress] = await Promise.all([
      quizzes.find(ports.database, id),
      progresses.find(ports.database, user.id, id),
    ]);
    if (quiz === null) throw fail('quiz.not_found');
    if (progress === null) throw fail('progress.not_opened');
    return quizView(quiz, triesOf(progress, now));
  },
);
