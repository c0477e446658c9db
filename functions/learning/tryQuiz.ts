import * as z from 'zod';
import * as learners from '../../shared/data/learning/learners.ts';
import * as progresses from '../../shared/data/learning/progresses.ts';
import * as quizzes from '../../shared/data/learning/quizzes.ts';
import { triedBefore, triedView, tryAnswers } from '../../shared/domain/learning/quiz.ts';
import { fail } from '../../shared/errors.ts';
import { lessonFor } from '../../shared/flows/access/lessonFor.ts';
import { saveLearning } from '../../shared/flows/learning/saveLearning.ts';
import { http } from '../../shared/function.ts';
import { LessonId } from '../../shared/schemas/base.ts';
import { Answers, TriedView } from '../../shared/schemas/learning/quiz.ts';

/**
 * Answers a lesson's quiz: at most five times within 24 hours. Who has passed has passed for good.
 *
 * `number` is the number of the try, from `getQuiz`: a repeat with the same number and answers is the same try. The
 * answer says how many questions were right, but not which, so the key stays here.
 */
export const tryQuiz = http(
  {
    route: 'POST /api/lessons/{id}/quiz/attempts',
    auth: 'member',
    input: z.strictObject({
      id: LessonId,
      number: z.int().min(1).max(1_000_000),
      version: z.int().min(1),
      answers: Answers,
    }),
    output: TriedView,
    errors: [
      ...(['lesson.not_found', 'lesson.not_owned', 'quiz.not_found', 'progress.not_opened'] as const),
      ...(['quiz.try_taken', 'quiz.version_changed', 'quiz.too_many_tries'] as const),
    ],
  },
  async ({ input: { id: lessonId, ...asked }, user, now, ports, requestId }) => {
    await lessonFor(ports, { userId: user.id, lessonId, now });
    return ports.database.tx(async (tx) => {
      const [progress, learner, quiz, stored] = await Promise.all([
        progresses.find(tx, user.id, lessonId),
        learners.find(tx, user.id),
        quizzes.find(tx, lessonId),
        quizzes.findAttempt(tx, { userId: user.id, lessonId, number: asked.number }),
      ]);
      if (quiz === null) throw fail('quiz.not_found');
      if (progress === null || learner === null) throw fail('progress.not_opened');
      const before = { progress, learner };
      if (stored !== null) return triedView(before, triedBefore(stored, asked), now);
      const tried = tryAnswers(progress, quiz, { ...asked, now });
      await quizzes.insertAttempt(tx, tried.attempt);
      const after = { progress: tried.progress, learner };
      return triedView(await saveLearning(tx, { before, after, now, requestId }), tried.attempt, now);
    });
  },
);
