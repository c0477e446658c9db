/** Marks: what people think of what others wrote, without a word. */
import * as z from 'zod';
import { CommentId, TimeMs, TopicId, UserId } from '../base.ts';

/** The kinds of marks. */
export const MarkKind = z.enum(['like']);
export type MarkKind = z.infer<typeof MarkKind>;

/** What can be marked: its id tells what it is. */
export const MarkTarget = z.union([CommentId, TopicId]);
export type MarkTarget = z.infer<typeof MarkTarget>;

/**
 * A stored mark, under `<kind>:<target>:<user>`. Setting it writes this document and no counter. What it changes is
 * added to the target's count seconds later, and `countedAs` says how it was counted last.
 */
export const Mark = z.object({
  id: z.string().max(80),
  kind: MarkKind,
  target: MarkTarget,
  userId: UserId,
  isOn: z.boolean(),
  /** Whether the target's count contains it. */
  countedAs: z.boolean(),
  /** Whether the count is right: `isOn` and `countedAs` are the same. */
  isCounted: z.boolean(),
  /** When it was set or taken back last. */
  atMs: TimeMs,
});
export type Mark = z.infer<typeof Mark>;

/** A person's mark: which kind, on what. */
export type MarkOf = Pick<Mark, 'kind' | 'target' | 'userId'>;

/** The id of a person's mark. */
export function markId({ kind, target, userId }: MarkOf): string {
  return `${kind}:${target}:${userId}`;
}
