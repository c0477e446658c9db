/**
 * A grown shop on a server, many times over in one database, made by the server itself: ten million documents are
 * copied in minutes, and never leave it.
 *
 * Every document is copied as often as asked under other names, which are found as in `renamed.ts`: the same orders on
 * the same days, by other people. What has no such name is there once: the catalogue. Counters are not added up, so
 * this shop is for reading, and no audit would find it right.
 */
import { serverOf } from '../../shared/adapters/mysql/address.ts';
import { Link } from '../../shared/adapters/mysql/link.ts';
import { name, text } from '../../shared/adapters/mysql/literal.ts';
import { column, Table } from '../../shared/adapters/mysql/table.ts';
import { collections } from '../../shared/data/collections.ts';

/** A name has two digits that say which copy it is of. */
const TIMES_MAX = 100;
const TIMEOUT_MS = 2 * 3_600_000;

/** What of each kind of name says which copy it is of: two characters, which are the first two of its mark. */
const MARKS: readonly string[] = [
  '(?<=(?<![0-9A-Z])(?!01JCSEED)0[0-9A-HJKMNP-TV-Z]{9})..(?=[0-9A-HJKMNP-TV-Z]{14}(?![0-9A-Z]))',
  '(?<=(?<![A-Za-z0-9_-])o)[A-Za-z0-9_-]{2}(?=[A-Za-z0-9_-]{25}(?![A-Za-z0-9_-]))',
  '(?<![A-Za-z0-9_])[0-9a-f]{2}(?=[0-9a-f]{62}(?![A-Za-z0-9_]))',
  '(?<=[0-9]{4})[0-9]{2}(?=[0-9]{14}(?![0-9]))',
];

/** Stands in place of a mark until a copy puts its own there. No document has it. */
const OPEN = text('{copy}');
/** Searching takes long, so it is done once for all copies. Without `-i` a body is searched regardless of case. */
const opened = (column: string) =>
  MARKS.reduce((inner, mark) => `REGEXP_REPLACE(${inner}, ${text(`(?-i)${mark}`)}, ${OPEN})`, column);
const closed = (column: string) => `REPLACE(${column}, ${OPEN}, copies.mark)`;

/** The copies, each with its two digits. */
function copiesOf(times: number): string {
  const marks = Array.from({ length: times }, (_, n) => text(String(n).padStart(2, '0')));
  return marks.map((mark) => `SELECT ${mark} AS mark`).join(' UNION ALL ');
}

/** What is copied, and into which database. */
export interface MultipliedAsked {
  /** The grown shop's database. */
  readonly from: string;
  /** The name of another database on the same server, in which the tables are laid out, and empty. */
  readonly to: string;
  /** How often everything is there afterwards: 1 to 100. */
  readonly times: number;
  /** Called when a table is filled, with its name and how many rows it has. */
  readonly filled?: (table: string, rows: number) => void;
}

/** Fills the database. Answers how many documents are there. */
export async function multiply({ from, to, times, filled }: MultipliedAsked): Promise<number> {
  if (!Number.isInteger(times) || times < 1 || times > TIMES_MAX)
    throw new Error(`a shop is multiplied by a whole number up to ${TIMES_MAX}, not by ${times}`);
  const link = await Link.connect(serverOf(from));
  const ask = async (sql: string) => {
    const [rows = []] = await link.ask(sql, { statements: 1, timeoutMs: TIMEOUT_MS });
    return rows;
  };
  const draft = `${name(to)}.${name('_draft')}`;
  let documents = 0;
  try {
    // An empty table is then filled in the order of its keys, and each index is sorted before it is written.
    await ask('SET SESSION unique_checks = 0, foreign_key_checks = 0');
    for (const collection of collections) {
      const table = new Table(collection);
      const target = `${name(to)}.${table.name}`;
      const searched = ['id', 'body', ...table.fields.map(column)];
      const kept = ['v', 'schemaVersion', 'layout'];
      const openedColumns = searched.map((own) => `${opened(own)} AS ${own}`);
      await ask(`CREATE TABLE ${draft} AS SELECT ${[...openedColumns, ...kept].join()} FROM ${table.name}`);
      await ask(
        `INSERT INTO ${target} (${[...searched, ...kept].join()})
         SELECT ${[...searched.map(closed), ...kept].join()} FROM ${draft} CROSS JOIN (${copiesOf(times)}) AS copies
         WHERE copies.mark = '00' OR LOCATE(${OPEN}, id) > 0`,
      );
      await ask(`DROP TABLE ${draft}`);
      const [[count] = []] = await ask(`SELECT count(*) FROM ${target}`);
      documents += Number(count);
      filled?.(collection.name, Number(count));
    }
    return documents;
  } finally {
    link.close();
  }
}
