/** Every list that the collections' indexes allow, as the engine for MySQL asks it, and how a server answers it. */
import { cursorAfter, planList } from '../../shared/adapters/engine/query.ts';
import { decoded } from '../../shared/adapters/engine/row.ts';
import type { Link, Rows } from '../../shared/adapters/mysql/link.ts';
import { name, whole } from '../../shared/adapters/mysql/literal.ts';
import { indexName, Table } from '../../shared/adapters/mysql/table.ts';
import { collections } from '../../shared/data/collections.ts';
import type { Collection, Doc, Query, Scalar } from '../../shared/ports/database.ts';

/** How long a page is. */
export const PAGE = 20;
const TIMEOUT_MS = 60_000;

/** One list, and the index that it must run on. */
export interface ListedQuery {
  readonly name: string;
  readonly sql: string;
  readonly index: string;
}

/** The rows of one statement. */
export async function ask(link: Link, sql: string): Promise<Rows> {
  const [rows = []] = await link.ask(sql, { statements: 1, timeoutMs: TIMEOUT_MS });
  return rows;
}

/** The document in the middle of a collection; null when it is empty. */
async function middleOf(link: Link, collection: Collection): Promise<Doc | null> {
  const table = name(collection.name);
  const [[count] = []] = await ask(link, `SELECT count(*) FROM ${table}`);
  const half = whole(Math.floor(Number(count) / 2));
  const sql = `SELECT schemaVersion, body FROM ${table} ORDER BY id LIMIT 1 OFFSET ${half}`;
  const [row] = await ask(link, sql);
  if (row === undefined) return null;
  return decoded(collection, { schemaVersion: Number(row[0]), body: String(row[1]) });
}

/** The lists of one collection: by each index, for each number of leading fields, both ways, and a later page too. */
function listsOf(collection: Collection, middle: Doc): ListedQuery[] {
  const table = new Table(collection);
  const indexes = { id: { fields: [] }, ...collection.indexes };
  return Object.entries(indexes).flatMap(([index, { fields }]) =>
    Array.from({ length: fields.length + 1 }, (_, leading) => leading).flatMap((leading) =>
      (['ascending', 'descending'] as const).flatMap((order) => {
        const pairs = fields
          .slice(0, leading)
          .map((field) => [field, Reflect.get(middle, field) ?? null] as const);
        const where: Record<string, Scalar> = Object.fromEntries(pairs);
        const first: Query = { index, where, order, limit: PAGE, cursor: null };
        const later: Query = {
          ...first,
          cursor: cursorAfter(collection, planList(collection, first), middle),
        };
        return [first, later].map((query) => ({
          name: `${collection.name}.${index} on ${leading}, ${order}, ${query.cursor === null ? 'first' : 'later'} page`,
          sql: table.selectList(planList(collection, query)),
          index: fields.length === 0 ? 'PRIMARY' : indexName(fields),
        }));
      }),
    ),
  );
}

/** All lists, with values that are stored, of every collection that is not empty. */
export async function listedQueries(link: Link): Promise<readonly ListedQuery[]> {
  const all: ListedQuery[] = [];
  for (const collection of collections) {
    const middle = await middleOf(link, collection);
    if (middle !== null) all.push(...listsOf(collection, middle));
  }
  return all;
}

/** What is wrong with the way in which the server would answer: another index, or something that it sorts. */
export async function wronglyPlanned(link: Link, { name: what, sql, index }: ListedQuery): Promise<string[]> {
  const steps = await ask(link, `EXPLAIN ${sql}`);
  return steps.flatMap((step) => {
    const said = step.map(String);
    const isSorted = said.some((each) => each.includes('filesort'));
    if (said.includes(index) && !isSorted) return [];
    return [`${what}: ${said.join(' | ')}`];
  });
}

/** How many rows and index entries the server reads for it. */
export async function readsOf(link: Link, { sql }: ListedQuery): Promise<number> {
  await ask(link, 'FLUSH STATUS');
  await ask(link, sql);
  const rows = await ask(link, "SHOW SESSION STATUS LIKE 'Handler_read%'");
  return rows.reduce((sum, [, count]) => sum + Number(count), 0);
}
