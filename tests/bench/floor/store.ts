/** The floor's store: a prepared statement for each document, and commits that share an fsync. */
import Sqlite from 'libsql';

/** Each kind of document, with the columns beside its body that are used to find it. */
const KINDS = {
  usedCodes: [],
  users: [],
  identities: [],
  sessions: ['userId'],
  couponStocks: [],
  coupons: ['userId', 'templateId'],
  orders: ['userId', 'state', 'expiresAtMs'],
  payments: [],
  receipts: [],
  journal: [],
  entitlements: [],
  usages: [],
  pointsAccounts: [],
  pointsEntries: ['userId', 'line'],
} as const satisfies Record<string, readonly string[]>;

/** A kind of document. */
export type Kind = keyof typeof KINDS;

const INDEXES = [
  'sessionsByUser ON sessions (userId)',
  'couponsByUser ON coupons (userId, templateId)',
  'ordersByUser ON orders (userId, state)',
  'ordersByEnd ON orders (state, expiresAtMs)',
  'pointsEntriesByUser ON pointsEntries (userId, line)',
];

type Statement = Sqlite.Statement<unknown[]>;

interface Waiting {
  /** Reads, decides and writes. It may throw only before it has written anything. */
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

interface Table {
  readonly read: Statement;
  readonly insert: Statement;
  readonly update: Statement;
}

/** Documents in an SQLite file, as durable as the product's: WAL, and an fsync before a commit is acknowledged. */
export class FloorStore {
  readonly #connection: Sqlite.Database;
  readonly #tables = new Map<Kind, Table>();
  readonly #begin: Statement;
  readonly #commit: Statement;
  #waiting: Waiting[] = [];

  constructor(path: string) {
    this.#connection = new Sqlite(path);
    this.#connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    for (const [kind, columns] of Object.entries(KINDS)) this.#declare(kind as Kind, columns);
    for (const index of INDEXES) this.#connection.exec(`CREATE INDEX IF NOT EXISTS ${index}`);
    this.#begin = this.#connection.prepare('BEGIN IMMEDIATE');
    this.#commit = this.#connection.prepare('COMMIT');
  }

  #declare(kind: Kind, columns: readonly string[]): void {
    const more = columns.map((column) => `, ${column}`).join('');
    this.#connection.exec(`CREATE TABLE IF NOT EXISTS ${kind} (id TEXT PRIMARY KEY, body TEXT${more})`);
    const set = ['body', ...columns].map((column) => `${column} = ?`).join();
    const marks = columns.map(() => ', ?').join('');
    this.#tables.set(kind, {
      read: this.prepare(`SELECT body FROM ${kind} WHERE id = ?`),
      insert: this.prepare(`INSERT OR IGNORE INTO ${kind} (body${more}, id) VALUES (?${marks}, ?)`),
      update: this.prepare(`UPDATE ${kind} SET ${set} WHERE id = ?`),
    });
  }

  /** A statement that answers rows as arrays. */
  prepare(sql: string): Statement {
    const statement = this.#connection.prepare(sql);
    return sql.startsWith('SELECT') ? statement.raw() : statement;
  }

  #table(kind: Kind): Table {
    const table = this.#tables.get(kind);
    if (table === undefined) throw new Error(`there is no ${kind}`);
    return table;
  }

  /** The document, or null. It is not checked: the caller must know the shape of its kind. */
  read<T>(kind: Kind, id: string): T | null {
    const row: unknown = this.#table(kind).read.get([id]);
    return Array.isArray(row) ? JSON.parse(row[0]) : null;
  }

  /** Inserts a document, within `commit`. False when the id exists already; nothing is written then. */
  insert<D extends { readonly id: string }>(kind: Kind, document: D): boolean {
    return this.#table(kind).insert.run(boundOf(kind, document)).changes > 0;
  }

  /** Updates a document, within `commit`. */
  update<D extends { readonly id: string }>(kind: Kind, document: D): void {
    this.#table(kind).update.run(boundOf(kind, document));
  }

  /** Runs `work` in the next commit, together with all others that wait for it. Resolves when the commit is on disk. */
  commit<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#begin.run([]);
    const ends = batch.map(({ work, resolve, reject }) => {
      try {
        const value = work();
        return () => resolve(value as never);
      } catch (error) {
        return () => reject(error);
      }
    });
    this.#commit.run([]);
    for (const end of ends) end();
  }

  close(): void {
    this.#connection.close();
  }
}

function boundOf(kind: Kind, document: { readonly id: string }): unknown[] {
  const columns = KINDS[kind].map((column) => Reflect.get(document, column));
  return [JSON.stringify(document), ...columns, document.id];
}
