import * as writers from '../../data/review/writers.ts';
import { dayAfter, dayOf, dayStartMs } from '../../domain/day.ts';
import { ALLOWED, newWriter, trustOf } from '../../domain/review/trust.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { DAY_MS, type TimeMs } from '../../schemas/base.ts';
import type { Caller } from '../../schemas/identity/caller.ts';

/**
 * Counts a mark of the caller's today, repeats among them. It is counted like calls are, in the cache and not in a
 * document: a mark says nothing, and setting one should cost no more than the mark. How far the caller is trusted is
 * read only for who has set as many as anybody may.
 * @throws writing.too_many
 */
export async function countMark(
  { cache, database }: Pick<Ports, 'cache' | 'database'>,
  { id, role, registeredAtMs }: Pick<Caller, 'id' | 'role' | 'registeredAtMs'>,
  now: TimeMs,
): Promise<void> {
  const today = dayOf(now);
  const { count } = await cache.count(`marks:${id}:${today}`, DAY_MS);
  if (count <= ALLOWED[0].day.mark) return;
  const writer = await writers.find(database, id);
  const known = { createdAtMs: registeredAtMs, isStaff: role !== 'learner' };
  const max = ALLOWED[trustOf(writer ?? newWriter(id, now), known, now)].day.mark;
  if (count <= max) return;
  throw fail('writing.too_many', { params: { max, againAtMs: dayStartMs(dayAfter(today, 1)) } });
}
