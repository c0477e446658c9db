/** What can be marked: where its count is kept, and who sees it. */
import * as comments from '../../data/talk/comments.ts';
import * as topics from '../../data/talk/topics.ts';
import { placedTopic } from '../../domain/talk/topic.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import { CommentId, TopicId } from '../../schemas/base.ts';
import type { MarkTarget } from '../../schemas/review/mark.ts';
import type { Reviewed } from '../../schemas/review/review.ts';
import { ThreadId } from '../../schemas/talk/thread.ts';

/** Something with a count of likes. */
type Marked = Reviewed & { readonly likes: number };

/** How marks reach one kind. */
interface Place<M extends Marked> {
  find(reader: Pick<Reader, 'find'>, id: string): Promise<M | null>;
  save(tx: Tx, before: M, after: M): Promise<void>;
  /** The thread in which it is: who sees that sees this. */
  threadOf(marked: M): ThreadId;
}

/** The place of a kind, so that marks can pass on what they read there without knowing more of it. */
const place = <M extends Marked>(declared: Place<M>): Place<Marked> => declared as never;

/** Every kind, by what its ids begin with. */
const MARKED: Readonly<Record<string, Place<Marked>>> = {
  cmt: place({
    find: (reader, id) => comments.find(reader, CommentId.parse(id)),
    save: comments.save,
    threadOf: ({ threadId }) => ThreadId.parse(threadId),
  }),
  top: place({
    find: (reader, id) => topics.find(reader, TopicId.parse(id)),
    save: (tx, before, after) => topics.save(tx, before, placedTopic(after)),
    threadOf: ({ id }) => ThreadId.parse(`topic:${id}`),
  }),
};

/** The place of a thing that can be marked. @throws a plain Error for what has no marks */
export function markedAt(target: MarkTarget): Place<Marked> {
  const own = MARKED[target.slice(0, 3)];
  if (own === undefined) throw new Error(`${target} has no marks`);
  return own;
}
