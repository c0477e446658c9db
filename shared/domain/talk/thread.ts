/** Threads of comments: what each is about. */
import { Thread, type ThreadId } from '../../schemas/talk/comment.ts';

/** What a thread is about. */
export function threadOf(threadId: ThreadId): Thread {
  const [kind, id] = threadId.split(':');
  return Thread.parse({ kind, id });
}
