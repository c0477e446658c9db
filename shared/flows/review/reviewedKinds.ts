/** Where each kind of thing that is reviewed is kept, and what its review means to it. */
import * as comments from '../../data/talk/comments.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import { CommentId } from '../../schemas/base.ts';
import type { Reviewed, ReviewedKind } from '../../schemas/review/review.ts';

/** How the review machine reaches one kind. */
interface Place<R extends Reviewed> {
  /** The scene that the platform's check is told: 1 a profile, 2 a comment, 3 a post, 4 a log. */
  readonly scene: 1 | 2 | 3 | 4;
  /** What staff read as the name of this kind. */
  readonly word: string;
  find(reader: Pick<Reader, 'find'>, id: string): Promise<R | null>;
  save(tx: Tx, before: R, after: R): Promise<void>;
}

/** The place of a kind, so that the machine can pass on what it read there without knowing more of it. */
const place = <R extends Reviewed>(declared: Place<R>): Place<Reviewed> => declared as never;

/** Every kind. Only who is in this table is reviewed. */
export const REVIEWED: Readonly<Record<ReviewedKind, Place<Reviewed>>> = {
  comment: place({
    scene: 2,
    word: '评论',
    find: (reader, id) => comments.find(reader, CommentId.parse(id)),
    save: comments.save,
  }),
};
