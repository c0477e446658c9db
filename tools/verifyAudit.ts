/** Finds out whether the audit log is as it was written: nothing changed, taken out, put elsewhere or cut off. */
import * as z from 'zod';
import * as audit from '../shared/data/operations/audit.ts';
import type { Reader } from '../shared/ports/database.ts';
import { type AuditEntry, CHAIN_START } from '../shared/schemas/operations/audit.ts';

/** The ends of the chains by actor, to be kept where nobody who can write to the database can: a later run compares. */
export const KeptHeads = z.record(z.string(), z.object({ seq: z.int(), hash: z.string() }));
export type KeptHeads = z.infer<typeof KeptHeads>;

/** What was found. */
export interface Verdict {
  readonly entries: number;
  /** Written before there were chains: nothing can be said about them. */
  readonly unchained: number;
  /** In words, with the chain and the place in it. */
  readonly problems: readonly string[];
  readonly heads: KeptHeads;
}

type End = KeptHeads[string];

const START: End = { seq: 0, hash: CHAIN_START };

/** What is wrong with an entry that comes after `last` in its chain. */
function wrongWith(entry: AuditEntry, last: End): string[] {
  const place = `${entry.actorId} ${entry.seq} ${entry.id}`;
  return [
    ...(audit.hashOf(entry) === entry.hash ? [] : [`${place}: changed`]),
    ...(entry.seq === last.seq + 1 ? [] : [`${place}: what should be before it is missing`]),
    ...(entry.prevHash === last.hash ? [] : [`${place}: does not follow on the entry before it`]),
  ];
}

/**
 * Reads the whole log, chain by chain, in the memory of one page. `kept` are the ends of an earlier run: without them,
 * what somebody has cut off a chain together with its end, or a whole chain, cannot be seen. Also beside a running
 * product: what is written meanwhile is looked at as far as it is seen.
 */
export async function verifyAudit(reader: Reader, kept: KeptHeads = {}): Promise<Verdict> {
  const ends = new Map<string, End>();
  for await (const { id, seq, hash } of audit.everyHead(reader)) ends.set(id, { seq, hash });
  const problems: string[] = [];
  const lasts = new Map<string, End>();
  let entries = 0;
  let unchained = 0;
  for await (const entry of audit.everyChain(reader)) {
    entries += 1;
    if (entry.seq === 0) {
      unchained += 1;
      continue;
    }
    const { actorId, seq, hash } = entry;
    problems.push(...wrongWith(entry, lasts.get(actorId) ?? START));
    lasts.set(actorId, { seq, hash });
    for (const [name, end] of [
      ['end', ends.get(actorId)],
      ['kept end', kept[actorId]],
    ] as const) {
      if (end?.seq === seq && end.hash !== hash) problems.push(`${actorId} ${seq}: is not the ${name}`);
    }
  }
  const wanted = [...ends, ...Object.entries(kept)];
  for (const [actorId, { seq }] of wanted) {
    const found = lasts.get(actorId)?.seq ?? 0;
    if (found < seq) problems.push(`${actorId}: ends at ${found}, and was at ${seq} once`);
  }
  for (const [actorId, { seq }] of lasts) {
    // Read again: what was written since is no problem.
    const head = await reader.find(audit.heads, actorId);
    if (head === null || head.seq < seq) problems.push(`${actorId} ${seq}: comes after the end of its chain`);
  }
  return { entries, unchained, problems, heads: Object.fromEntries(lasts) };
}
