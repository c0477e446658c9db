/** Threads of comments: what each is about, and what people give it. */
import { type RatingView, Thread, type ThreadCount, type ThreadId } from '../../schemas/talk/thread.ts';

/** What a thread is about. */
export function threadOf(threadId: ThreadId): Thread {
  const [kind, id] = threadId.split(':');
  return Thread.parse({ kind, id });
}

/** The stars of a thread, the average rounded down to a hundredth; null when nobody gave any. */
export function ratingOf(count: Pick<ThreadCount, 'stars'> | null): RatingView | null {
  const stars = count?.stars ?? [];
  const people = stars.reduce((sum, each) => sum + each, 0);
  if (people === 0) return null;
  const given = stars.reduce((sum, each, index) => sum + each * (index + 1), 0);
  return { people, averageHundredths: Math.floor((given * 100) / people), stars: [...stars] };
}
