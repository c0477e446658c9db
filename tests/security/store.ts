/** The product's store, read through another connection: what a call changed, and what it left behind. */
import { createHash } from 'node:crypto';
import Connection from 'libsql';
import { DAY_MS } from '../../shared/schemas/base.ts';

/** A database file that another process writes. */
export class Store {
  readonly #connection: Connection.Database;
  readonly #wrote: () => Promise<void>;
  #digested: { readonly version: number; readonly digests: ReadonlyMap<string, string> } | null = null;

  /** `wrote` resolves when the other process next reports something. It does so after each of its commits. */
  constructor(path: string, wrote: () => Promise<void>) {
    this.#connection = new Connection(path);
    this.#wrote = wrote;
    this.#connection.pragma('busy_timeout = 10000');
  }

  #column(sql: string, ...bound: readonly string[]): unknown[] {
    const rows: readonly unknown[] = this.#connection.prepare(sql).raw().all(bound);
    return rows.map((row) => (Array.isArray(row) ? row[0] : null));
  }

  /** Rises whenever another connection has committed something. */
  version(): number {
    return Number(this.#column('SELECT data_version FROM pragma_data_version')[0]);
  }

  /** Every collection. */
  collections(): string[] {
    const sql =
      "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%body TEXT%' ORDER BY name";
    return this.#column(sql).map(String);
  }

  /** The stored bodies of a collection as text, by id. */
  bodies(collection: string): string[] {
    return this.#column(`SELECT body FROM "${collection}" ORDER BY id`).map(String);
  }

  /** One stored document; null when it does not exist. */
  document(collection: string, id: string): unknown {
    const [body] = this.#column(`SELECT body FROM "${collection}" WHERE id = ?`, id);
    return body === undefined ? null : JSON.parse(String(body));
  }

  /** A digest of each collection, without the counts of attempts, which a refused call raises. */
  digests(): ReadonlyMap<string, string> {
    // Most calls write nothing, so the digests of the call before still hold.
    const version = this.version();
    if (this.#digested?.version !== version) this.#digested = { version, digests: this.#digests() };
    return this.#digested.digests;
  }

  #digests(): Map<string, string> {
    const counted = this.collections().filter((name) => name !== 'attempts');
    return new Map(
      counted.map((name) => {
        const hash = createHash('sha256');
        const rows: readonly unknown[] = this.#connection
          .prepare(`SELECT id, v, body FROM "${name}" ORDER BY id`)
          .raw()
          .all([]);
        hash.update(JSON.stringify(rows));
        return [name, hash.digest('hex')];
      }),
    );
  }

  /** The whole store as one text, to search for what must not be in it. */
  everything(): string {
    return this.collections()
      .flatMap((name) => this.#column(`SELECT id || ' ' || body FROM "${name}"`))
      .join('\n');
  }

  /** Writes over this connection, which does not change `version`. */
  #write(sql: string, ...bound: readonly unknown[]): void {
    this.#connection.prepare(sql).run(bound);
    this.#digested = null;
  }

  /** Corrupts every stored body of a collection, behind the product's back. */
  spoil(collection: string): void {
    this.#write(`UPDATE "${collection}" SET body = '{"spoilt":'`);
  }

  /**
   * Marks somebody's session as one that was used and in which a second factor was shown. By default that time is far
   * ahead. So the factor stays fresh, and using the session writes nothing, for as long as the tests last.
   */
  showSecondFactor(token: string, shownAtMs = Date.now() + DAY_MS): void {
    const id = createHash('sha256').update(token).digest('hex');
    const shown = "'$.hasSecondFactor', json('true'), '$.factorShownAtMs', ?, '$.lastSeenAtMs', ?";
    const sql = `UPDATE sessions SET body = json_set(body, ${shown}) WHERE id = ?`;
    this.#write(sql, shownAtMs, Date.now() + DAY_MS, id);
  }

  /** Waits until a condition on the store holds. @throws when the other process has ended */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await this.#wrote();
  }

  /** Waits until no effect is pending. A task is stored together with its cause, so it is there before the answer. */
  settled(): Promise<void> {
    const pending = "SELECT count(*) FROM tasks WHERE json_extract(body, '$.state') = 'pending'";
    return this.until(() => this.#column(pending)[0] === 0);
  }

  close(): void {
    this.#connection.close();
  }
}
