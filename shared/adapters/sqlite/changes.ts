/** Whether documents are still as they were seen, told without reading them again wherever that can be known. */
import type Connection from 'libsql';
import type { Seen as EngineSeen, Touched as EngineTouched } from '../engine/transaction.ts';
import type { Table } from './table.ts';

/** What was read of a document, and how many commits this process had tried then. */
export interface Seen extends EngineSeen {
  readonly at: number;
}

/** A document that a transaction touched. */
export type Touched = EngineTouched<Table, Seen>;

/** How many documents are remembered as written. */
const WRITTEN_MAX = 10_000;

/**
 * Remembers what this process has written since a document was seen. SQLite's `data_version` says whether another
 * connection has written since the last commit. Only then is a document's version read again.
 */
export class Changes {
  readonly #dataVersion: Connection.Statement<unknown[]>;
  /** The commit in which this process last wrote a document. */
  readonly #written = new Map<string, number>();
  #commits = 0;
  #seenDataVersion: unknown = null;
  /** What was seen no later than this has to be read again. */
  #unsureUntil = 0;

  constructor(connection: Connection.Database) {
    this.#dataVersion = connection.prepare('PRAGMA data_version').raw();
  }

  /** How many commits were tried so far. */
  get commits(): number {
    return this.#commits;
  }

  /** Before anything is checked: notices whether another connection has written since the last one. */
  lookAtOthers(): void {
    const found: unknown = this.#dataVersion.get([]);
    const dataVersion = Array.isArray(found) ? found[0] : null;
    if (dataVersion !== this.#seenDataVersion) this.#unsureUntil = this.#commits;
    this.#seenDataVersion = dataVersion;
  }

  /** Within a commit: whether the document is as it was seen. */
  isStillSo({ key, table, id, seen }: Touched): boolean {
    if ((this.#written.get(key) ?? 0) > seen.at) return false;
    return this.isSure(seen.at) || table.version(id) === (seen.row?.version ?? 0);
  }

  /** Whether nobody else has written anything since then. */
  isSure(at: number): boolean {
    return at > this.#unsureUntil;
  }

  /** Within a commit: the document is written now. */
  note({ key }: Touched): void {
    this.#written.set(key, this.#commits + 1);
  }

  /** Ends a commit, also one that came to nothing: what it noted is then read again for nothing, at most. */
  end(): void {
    this.#commits += 1;
    if (this.#written.size <= WRITTEN_MAX) return;
    this.#written.clear();
    this.#unsureUntil = this.#commits;
  }
}
