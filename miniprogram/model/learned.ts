/** How much was learned, in words. */
import type { CourseProgressView, LearningView, LessonProgressView } from '../../client/types.ts';

/** How much of a lesson was learned: `已学完`, `已学 45%`; empty for nothing. */
export function learnedWords(lesson: LessonProgressView | undefined): string {
  if (lesson === undefined) return '';
  if (lesson.isFinished) return '已学完';
  return lesson.progressBp < 100 ? '' : `已学 ${Math.floor(lesson.progressBp / 100)}%`;
}

/** How much of a course was learned: `已学完 3/9 节`; empty for nothing. */
export function courseWords({
  finishedCount,
  lessonCount,
  lastLessonId,
}: Pick<CourseProgressView, 'finishedCount' | 'lessonCount' | 'lastLessonId'>): string {
  return lastLessonId === null ? '' : `已学完 ${finishedCount}/${lessonCount} 节`;
}

/** Whether an answer to a report says more of a lesson than is shown: it is finished, or it was all played or read. */
export function isNews(
  progress: Pick<CourseProgressView, 'lessons'> | null,
  answer: Pick<LessonProgressView, 'lessonId' | 'isFinished' | 'progressBp'>,
): boolean {
  const known = progress?.lessons.find(({ lessonId }) => lessonId === answer.lessonId);
  const isFinished = answer.isFinished && known?.isFinished !== true;
  return isFinished || (answer.progressBp === 10_000 && known?.progressBp !== 10_000);
}

const MINUTE_SECONDS = 60;

/** What somebody learned in the last seven days: `连续学习 3 天，近 7 天学了 120 分钟`; empty for nothing. */
export function weekWords({ week, streak }: Pick<LearningView, 'week' | 'streak'>): string {
  const minutes = Math.floor(week.reduce((sum, { seconds }) => sum + seconds, 0) / MINUTE_SECONDS);
  const days = streak.count > 1 ? `连续学习 ${streak.count} 天` : '';
  return [days, minutes > 0 ? `近 7 天学了 ${minutes} 分钟` : ''].filter((part) => part !== '').join('，');
}
