/** Hashes of a raw export, to see whether anything was written. */
import { createHash } from 'node:crypto';
import type { Row } from './auditor.ts';

/** The hash of every document of an export, in any order, without the collections that are left out. */
export async function hashOf(rows: AsyncIterable<Row>, leftOut: readonly string[] = []): Promise<string> {
  const lines: string[] = [];
  for await (const row of rows) if (!leftOut.includes(row.collection)) lines.push(JSON.stringify(row));
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
}
