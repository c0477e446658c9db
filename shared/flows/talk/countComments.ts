import * as comments from '../../data/talk/comments.ts';
import * as threadCounts from '../../data/talk/threadCounts.ts';
import * as topics from '../../data/talk/topics.ts';
import { countComment, noCount } from '../../domain/talk/comment.ts';
import { threadOf } from '../../domain/talk/thread.ts';
import { foldReplies } from '../../domain/talk/topic.ts';
import type { Database, Tx } from '../../ports/database.ts';
import { type CommentId, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Comment } from '../../schemas/talk/comment.ts';
import { ThreadId } from '../../schemas/talk/thread.ts';

/** A parent as it was before its first replies were listed. */
interface SeenParent {
  readonly parent: Comment;
  readonly firstReplies: readonly CommentId[];
}

/** Whether a comment still is what was read before the transaction, in all that counting depends on. */
function isAsSeen(now: Comment, seen: Comment): boolean {
  const isSame = now.isShown === seen.isShown && now.stars === seen.stars && now.replies === seen.replies;
  return isSame && String(now.firstReplies) === String(seen.firstReplies);
}

/** The comments that the transaction has read, each with what becomes of it. */
function drafts(tx: Tx) {
  const read = new Map<CommentId, { readonly before: Comment; after: Comment }>();
  return {
    async find(id: CommentId) {
      const known = read.get(id);
      if (known !== undefined) return known;
      const before = await comments.find(tx, id);
      if (before === null) return null;
      const draft = { before, after: before };
      read.set(id, draft);
      return draft;
    },
    /** When the newest of them that is shown became public; 0 for none. */
    newestMs(): TimeMs {
      const shown = [...read.values()].filter(({ after }) => after.isShown);
      return timeMs(Math.max(0, ...shown.map(({ after }) => after.publicAtMs)));
    },
    async save() {
      for (const { before, after } of read.values()) await comments.save(tx, before, after);
    },
  };
}

/** Tells the topic that a thread is about how much is said, and when last; a thread about anything else has none. */
async function moveTopic(tx: Tx, threadId: ThreadId, replies: number, lastAtMs: TimeMs): Promise<void> {
  const about = threadOf(threadId);
  const topic = about.kind === 'topic' ? await topics.find(tx, about.id) : null;
  if (topic !== null) await topics.save(tx, topic, foldReplies(topic, { replies, lastAtMs }));
}

async function seeParents(database: Database, some: readonly Comment[]): Promise<Map<CommentId, SeenParent>> {
  const ids = [...new Set(some.flatMap(({ parentId }) => parentId ?? []))];
  const seen = new Map<CommentId, SeenParent>();
  for (const parent of ids.length === 0 ? [] : await comments.findMany(database, ids)) {
    seen.set(parent.id, { parent, firstReplies: await comments.firstRepliesTo(database, parent) });
  }
  return seen;
}

/**
 * Counts comments of one thread, at most twenty, as they are now. Each counts once, whoever else counts meanwhile: what
 * has changed since it was read here stays uncounted, and is for the next run. Returns how many it counted.
 */
export async function countComments(
  database: Database,
  some: readonly [Comment, ...Comment[]],
  now: TimeMs,
): Promise<number> {
  const threadId = ThreadId.parse(some[0].threadId);
  const parents = await seeParents(database, some);
  return database.tx(async (tx) => {
    const read = drafts(tx);
    const before = await threadCounts.find(tx, threadId);
    let thread = before ?? noCount(threadId, now);
    let count = 0;
    for (const seen of some) {
      const own = await read.find(seen.id);
      const above = seen.parentId === null ? null : await read.find(seen.parentId);
      const seenAbove = seen.parentId === null ? undefined : parents.get(seen.parentId);
      if (own === null || own.after.isCounted || !isAsSeen(own.before, seen)) continue;
      if (above !== null && (seenAbove === undefined || !isAsSeen(above.before, seenAbove.parent))) continue;
      const counted = countComment(own.after, { thread, parent: above?.after ?? null }, now);
      own.after = counted.comment;
      thread = counted.thread;
      if (above !== null && counted.parent !== null)
        above.after = { ...counted.parent, firstReplies: [...(seenAbove?.firstReplies ?? [])] };
      count += 1;
    }
    await read.save();
    if (count > 0) {
      await threadCounts.save(tx, before, thread);
      await moveTopic(tx, threadId, thread.comments, read.newestMs());
    }
    return count;
  });
}
