/** The rules of marks. */
import type { TimeMs } from '../../schemas/base.ts';
import { type Mark, type MarkOf, markId } from '../../schemas/review/mark.ts';

/**
 * The mark set, or taken back. The same object when it was so before, which is null for a mark that was never set. A
 * mark that changed back before it was counted needs no counting.
 */
export function turnMark<M extends Mark | null>(before: M, of: MarkOf, isOn: boolean, now: TimeMs): M | Mark {
  if ((before?.isOn ?? false) === isOn) return before;
  const countedAs = before?.countedAs ?? false;
  const { kind, target, userId } = of;
  return { id: markId(of), kind, target, userId, isOn, countedAs, isCounted: countedAs === isOn, atMs: now };
}

/** These marks as counted, and what the count of their target changes by. */
export function countMarks(marks: readonly Mark[]): { readonly change: number; readonly counted: Mark[] } {
  const open = marks.filter(({ isCounted }) => !isCounted);
  return {
    change: open.reduce((sum, { isOn, countedAs }) => sum + Number(isOn) - Number(countedAs), 0),
    counted: open.map((mark) => ({ ...mark, countedAs: mark.isOn, isCounted: true })),
  };
}
