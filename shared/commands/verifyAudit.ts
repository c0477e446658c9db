/** Checks that the audit log is as it was written: no entry changed, removed, moved or cut off. */
import * as z from 'zod';
import * as audit from '../data/operations/audit.ts';
import type { Reader } from '../ports/database.ts';
import { type AuditEntry, CHAIN_START } from '../schemas/operations/audit.ts';

/**
 * The ends of the chains by actor. Kept where nobody with access to the database can write, they let a later run
 * compare.
 */
export const KeptHeads = z.record(z.string(), z.object({ seq: z.int(), hash: z.string() }));
export type KeptHeads = z.infer<typeof KeptHeads>;

/** The result of a check. */
export interface Verdict {
  readonly entries: number;
  /** The number of entries from before there were chains. They cannot be checked. */
  readonly unchained: number;
  /** Sentences that name the chain and the place in it. */
  readonly problems: readonly string[];
  readonly heads: KeptHeads;
}

type End = KeptHeads[string];

const START: End = { seq: 0, hash: CHAIN_START };

/** What is wrong with an entry that follows `last` in its chain. */
function wrongWith(entry: AuditEntry, last: End): string[] {
  const place = `${entry.actorId} ${entry.seq} ${entry.id}`;
  return [
    ...(audit.hashOf(entry) === entry.hash ? [] : [`${place}: changed`]),
    ...(entry.seq === last.seq + 1 ? [] : [`${place}: what should be before it is missing`]),
    ...(entry.prevHash === last.hash ? [] : [`${place}: does not follow on the entry before it`]),
  ];
}

/**
 * Reads the whole log, chain by chain, with one page in memory at a time.
 *
 * `kept` are the ends of an earlier run. Without them it cannot be seen that somebody removed a whole chain, or cut
 * entries off together with the stored end. The product may run meanwhile: entries written during the check are checked
 * as far as they are seen.
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
    // The head is read again, so that entries written since are not reported.
    const head = await reader.find(audit.heads, actorId);
    if (head === null || head.seq < seq) problems.push(`${actorId} ${seq}: comes after the end of its chain`);
  }
  return { entries, unchained, problems, heads: Object.fromEntries(lasts) };
}
