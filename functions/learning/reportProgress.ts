import * as learners from '../../shared/data/learning/learners.ts';
import * as progresses from '../../shared/data/learning/progresses.ts';
import { lessonProgressView, takeReport } from '../../shared/domain/learning/progress.ts';
import { fail } from '../../shared/errors.ts';
import { lessonFor } from '../../shared/flows/access/lessonFor.ts';
import { saveLearning } from '../../shared/flows/learning/saveLearning.ts';
import { http } from '../../shared/function.ts';
import { LessonId, MINUTE_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import { PlayedAsked, ReportedView } from '../../shared/schemas/learning/progress.ts';

/** How often a phone reports while it plays. */
const NEXT_REPORT_MS = 30 * SECOND_MS;

/**
 * Takes a phone's report of what was played of a lesson. Safe to repeat, in any order, from several devices.
 *
 * `seen` has ranges of cells of five seconds that were played whole. Each costs the learner's time by our clock, and a
 * second pays for at most two seconds of media. What is not paid for yet is counted in `leftCells`, and is no error:
 * the phone reports it again later. It reports before it opens a lesson, and whenever it is back within two hours.
 */
export const reportProgress = http(
  {
    route: 'POST /api/lessons/{id}/progress',
    auth: 'member',
    input: PlayedAsked.extend({ id: LessonId }),
    output: ReportedView,
    errors: ['lesson.not_found', 'lesson.not_owned', 'progress.not_opened'],
    limit: { max: 12, windowMs: MINUTE_MS },
  },
  async ({ input: { id, ...played }, user, device, now, ports, requestId }) => {
    const { lesson } = await lessonFor(ports, { userId: user.id, lessonId: id, now });
    const told = await ports.database.tx(async (tx) => {
      const [progress, learner] = await Promise.all([
        progresses.find(tx, user.id, id),
        learners.find(tx, user.id),
      ]);
      if (progress === null || learner === null) throw fail('progress.not_opened');
      const before = { progress, learner };
      const after = takeReport(before, { ...played, lesson, device }, now);
      return saveLearning(tx, { before, after, now, requestId });
    });
    const { progress, accepted, left, isCourseFinished } = told;
    return {
      ...lessonProgressView(progress, lesson),
      ...{ acceptedCells: accepted, leftCells: left, isCourseFinished, nextReportMs: NEXT_REPORT_MS },
    };
  },
);
