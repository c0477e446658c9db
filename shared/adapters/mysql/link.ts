/** One connection to the server, and what its session is set to. */
import type { Connection } from 'mysql2';
import type { Server } from './address.ts';

/** The result of a statement: its rows, as arrays; none for a statement that only changes something. */
export type Rows = readonly (readonly unknown[])[];

const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Transactions are READ COMMITTED: what they rely on is guarded, and locks on gaps would only stop others. A wait for
 * a lock ends after two seconds, and one for a table's definition after ten. Backslashes are escapes.
 */
const SESSION = `SET SESSION sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00', innodb_lock_wait_timeout = 2,
 lock_wait_timeout = 10; SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED`;

/** A connection. After any error that is not the server's answer to a statement it is broken. */
export class Link {
  readonly #connection: Connection;
  #isBroken = false;

  private constructor(connection: Connection) {
    this.#connection = connection;
    // The server may end a connection that nobody uses.
    connection.on('error', () => {
      this.#isBroken = true;
    });
    connection.on('end', () => {
      this.#isBroken = true;
    });
  }

  /** Connects, and sets the session. The driver is loaded by the first call. @throws an error of the driver */
  static async connect({ host, port, user, password, database }: Server): Promise<Link> {
    const { createConnection } = await import('mysql2');
    const connection = createConnection({
      ...{ host, port, user, password, database, connectTimeout: CONNECT_TIMEOUT_MS },
      charset: 'UTF8MB4_GENERAL_CI',
      multipleStatements: true,
      rowsAsArray: true,
    });
    const link = new Link(connection);
    try {
      await new Promise<void>((resolve, reject) => {
        connection.once('error', reject);
        connection.connect((error) => (error === null ? resolve() : reject(error)));
      });
      await link.ask(SESSION, { statements: 2, timeoutMs: CONNECT_TIMEOUT_MS });
      return link;
    } catch (error) {
      link.destroy();
      throw error;
    }
  }

  /** The server's number of this connection. */
  get id(): number {
    return this.#connection.threadId;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Sends statements in one packet. The server stops at the first that fails. @throws an error of the driver */
  ask(
    sql: string,
    { statements, timeoutMs }: { readonly statements: number; readonly timeoutMs: number },
  ): Promise<readonly Rows[]> {
    return new Promise((resolve, reject) => {
      this.#connection.query({ sql, timeout: timeoutMs }, (error, results) => {
        if (error !== null) {
          // An answer that comes after its time would be taken for the next one's.
          if (error.errno === undefined || error.errno < 0 || error.fatal) this.#isBroken = true;
          // The driver hangs the statement on the error, with everything that was to be stored.
          Reflect.deleteProperty(error, 'sql');
          reject(error);
          return;
        }
        const all: unknown = statements === 1 ? [results] : results;
        resolve((Array.isArray(all) ? all : []).map((rows) => (Array.isArray(rows) ? rows : [])));
      });
    });
  }

  /** Says goodbye to the server. */
  close(): void {
    this.#isBroken = true;
    this.#connection.end(() => undefined);
  }

  /** Cuts the connection. A transaction that the server holds open for it is rolled back. */
  destroy(): void {
    this.#isBroken = true;
    this.#connection.destroy();
  }
}
