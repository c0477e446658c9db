import { codeOf, fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { SECOND_MS, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { MarkTarget } from '../../schemas/review/mark.ts';
import type { ThreadId } from '../../schemas/talk/thread.ts';
import { type OpenThread, openThread } from '../talk/openThread.ts';
import { markedAt } from './markedKinds.ts';

/** For how long this process remembers where a thing is and who sees it. What is taken away may be marked so long. */
const REMEMBERED_MS = 5 * SECOND_MS;

interface Seen {
  readonly threadId: ThreadId;
  /** The thread, when everybody may see it; null when it has to be asked for each. */
  readonly open: OpenThread | null;
}

/**
 * The thread of a thing that the caller may see and mark. A thing that everybody sees is read once in five seconds, so
 * that thousands may mark it at once.
 * @throws feature.off; thread.not_found when there is no such thing, or others do not see it, or the caller does not
 */
export async function seeMarked(
  ports: Ports,
  asked: { readonly target: MarkTarget; readonly userId: UserId; readonly now: TimeMs },
): Promise<OpenThread> {
  const { target, userId, now } = asked;
  const seen = await ports.memory.remember(
    `marked:${target}`,
    REMEMBERED_MS,
    async (): Promise<Seen | null> => {
      const place = markedAt(target);
      const marked = await place.find(ports.database, target);
      if (marked === null || !marked.isShown) return null;
      const threadId = place.threadOf(marked);
      return { threadId, open: await openToAll(ports, threadId, now) };
    },
  );
  if (seen === null) throw fail('thread.not_found');
  return seen.open ?? openThread(ports, { threadId: seen.threadId, userId, use: 'mark', now });
}

async function openToAll(ports: Ports, threadId: ThreadId, now: TimeMs): Promise<OpenThread | null> {
  try {
    return await openThread(ports, { threadId, userId: null, use: 'mark', now });
  } catch (caught) {
    if (codeOf(caught) === 'thread.not_found') return null;
    throw caught;
  }
}
