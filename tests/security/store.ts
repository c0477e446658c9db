/** The product's store, read through another connection: what a call changed, and what it left behind. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import Connection from 'libsql';
import { DAY_MS } from '../../shared/schemas/base.ts';

const SETTLE_MS = 4;
const SETTLE_TRIES = 3_000;

/** A database file that another process writes. */
export class Store {
  readonly #connection: Connection.Database;

  constructor(path: string) {
    this.#connection = new Connection(path);
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
  digests(): Map<string, string> {
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

  /** Corrupts every stored body of a collection, behind the product's back. */
  spoil(collection: string): void {
    this.#connection.prepare(`UPDATE "${collection}" SET body = '{"spoilt":'`).run([]);
  }

  /**
   * Marks somebody's session as one that was used and in which a second factor was shown. By default that time is far
   * ahead. So the factor stays fresh, and using the session writes nothing, for as long as the tests last.
   */
  showSecondFactor(token: string, shownAtMs = Date.now() + DAY_MS): void {
    const id = createHash('sha256').update(token).digest('hex');
    const shown = "'$.hasSecondFactor', json('true'), '$.factorShownAtMs', ?, '$.lastSeenAtMs', ?";
    const sql = `UPDATE sessions SET body = json_set(body, ${shown}) WHERE id = ?`;
    this.#connection.prepare(sql).run([shownAtMs, Date.now() + DAY_MS, id]);
  }

  /** Waits until no effect is pending and nobody writes. */
  async settled(): Promise<void> {
    const pending = "SELECT count(*) FROM tasks WHERE json_extract(body, '$.state') = 'pending'";
    let before = -1;
    for (let tries = 0; tries < SETTLE_TRIES; tries += 1) {
      const version = this.version();
      if (version === before && this.#column(pending)[0] === 0) return;
      before = version;
      await sleep(SETTLE_MS);
    }
    throw new Error('the store does not come to rest');
  }

  close(): void {
    this.#connection.close();
  }
}
