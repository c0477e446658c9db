/** Reading many documents without holding the event loop. */
import type { Collection, Doc } from '../../ports/database.ts';
import type { Loop } from '../../ports/loop.ts';
import { decoded, type Read, type Row } from './row.ts';

/** The documents of a page. It yields to the event loop between them when that is due. */
export async function decodedEvenly<D extends Doc>(
  collection: Collection<D>,
  rows: readonly Read[],
  loop: Loop,
): Promise<D[]> {
  const docs: D[] = [];
  for (const row of rows) {
    const turn = loop.giveWay();
    if (turn !== null) await turn;
    docs.push(decoded(collection, row));
  }
  return docs;
}

/** How all rows of a table are read. */
export interface RowsAsked<D extends Doc> {
  /** The next rows by id after `id`, `length` of them as long as there are so many. */
  readonly pageAfter: (id: string, length: number) => readonly Row[] | Promise<readonly Row[]>;
  readonly length: number;
  /** What is made of each row. */
  readonly read: (row: Row) => D;
  readonly loop: Loop;
}

/** All rows of a table by id, asked for a page at a time, and what `read` makes of each. */
export async function* rowsEvenly<D extends Doc>({
  pageAfter,
  length,
  read,
  loop,
}: RowsAsked<D>): AsyncGenerator<readonly [D, Row]> {
  let last = '';
  for (;;) {
    const rows = await pageAfter(last, length);
    for (const row of rows) {
      const turn = loop.giveWay();
      if (turn !== null) await turn;
      const doc = read(row);
      yield [doc, row];
      last = doc.id;
    }
    if (rows.length < length) break;
  }
}
