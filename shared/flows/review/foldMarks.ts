import * as marks from '../../data/review/marks.ts';
import { countMarks } from '../../domain/review/mark.ts';
import type { Tx } from '../../ports/database.ts';
import type { Mark, MarkTarget } from '../../schemas/review/mark.ts';
import { markedAt } from './markedKinds.ts';

/** The most marks in one transaction. With their targets they are within what a transaction may touch. */
const MARKS_AT_ONCE = 55;
/** The most targets in one transaction, so that few of their other writers have to wait. */
const TARGETS_AT_ONCE = 8;
/** The most transactions at once. They share a sync of the embedded engine, and are few for a server. */
const PARTS_AT_ONCE = 8;
/** How many marks are worth reading at once: enough for some transactions, and few to be read in vain by two runs. */
export const READ_AT_ONCE = PARTS_AT_ONCE * MARKS_AT_ONCE;

/** Marks that one transaction counts. */
type Part = readonly Mark[];

/** The marks in parts, those of a target together. They stand by target. */
function partsOf(uncounted: readonly Mark[]): readonly Part[] {
  const parts: Mark[][] = [];
  for (const mark of uncounted) {
    const part = parts.at(-1);
    const targets = new Set(part?.map(({ target }) => target)).add(mark.target);
    const isFull = part === undefined || part.length === MARKS_AT_ONCE || targets.size > TARGETS_AT_ONCE;
    if (isFull) parts.push([mark]);
    else part.push(mark);
  }
  return parts;
}

/** The marks in turns, which stand by target. The parts of a turn have no target in common, and are counted at once. */
export function foldable(uncounted: readonly Mark[]): readonly (readonly Part[])[] {
  const turns: Part[][] = [];
  for (const part of partsOf(uncounted)) {
    const turn = turns.at(-1);
    const isLaterOf = turn?.at(-1)?.at(-1)?.target === part[0]?.target;
    if (turn === undefined || turn.length === PARTS_AT_ONCE || isLaterOf) turns.push([part]);
    else turn.push(part);
  }
  return turns;
}

/**
 * Adds to the counts of their targets what these marks change. It finds each again, so that a mark which another run
 * has counted, or which was taken back meanwhile, counts as it is. Answers how many it counted.
 */
export async function foldMarks(tx: Tx, some: readonly Mark[]): Promise<number> {
  const byTarget = new Map<MarkTarget, Mark[]>();
  for (const mark of some) byTarget.set(mark.target, [...(byTarget.get(mark.target) ?? []), mark]);
  let folded = 0;
  for (const [target, seen] of byTarget) {
    const found = await Promise.all(seen.map((mark) => marks.find(tx, mark)));
    const present = found.filter((mark) => mark !== null);
    const { change, counted } = countMarks(present);
    for (const after of counted) {
      const before = present.find(({ id }) => id === after.id) ?? null;
      await marks.save(tx, before, after);
    }
    folded += counted.length;
    if (change === 0) continue;
    const place = markedAt(target);
    const marked = await place.find(tx, target);
    if (marked !== null) await place.save(tx, marked, { ...marked, likes: marked.likes + change });
  }
  return folded;
}
