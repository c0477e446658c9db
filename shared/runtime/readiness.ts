/** Whether a host can serve: its database answers, and is laid out for this build. */
import { AppError } from '../errors.ts';
import type { Collection, Reader } from '../ports/database.ts';
import type { Ports } from '../ports/ports.ts';
import { SECOND_MS } from '../schemas/base.ts';
import { describeCaught } from './caught.ts';

/** How long a start waits before it asks a database again that does not answer. */
const AGAIN_MS = SECOND_MS;

/** What a host says of itself. */
export type Readiness = 'starting' | 'ready' | 'draining';

/**
 * Reads by each index of each collection. A table, a column or an index that is missing shows by that, and not before.
 * Only that the database does not answer counts: what is wrong with one document keeps no shop closed.
 * @throws database.unavailable
 */
async function readByEach(reader: Reader, collections: readonly Collection[]): Promise<void> {
  const page = { where: {}, order: 'ascending', limit: 1, cursor: null } as const;
  for (const collection of collections) {
    for (const index of Object.keys(collection.indexes)) {
      await reader.list(collection, { ...page, index }).catch(unlessUnavailable);
    }
    await reader.find(collection, 'ready').catch(unlessUnavailable);
  }
}

function unlessUnavailable(caught: unknown): void {
  if (caught instanceof AppError && caught.code === 'database.unavailable') throw caught;
}

/** The readiness of one process. */
export class Ready {
  readonly #ports: Pick<Ports, 'database' | 'log' | 'pause'>;
  readonly #collections: readonly Collection[];
  #state: Readiness = 'starting';

  constructor(ports: Pick<Ports, 'database' | 'log' | 'pause'>, collections: readonly Collection[]) {
    this.#ports = ports;
    this.#collections = collections;
  }

  /**
   * Resolves once the database is there as this build needs it, or the process is told to end: then to false. That it
   * has to be waited for is logged once.
   */
  async wait(): Promise<boolean> {
    let isTold = false;
    while (this.#state !== 'draining') {
      try {
        await readByEach(this.#ports.database, this.#collections);
        return this.#begin();
      } catch (caught) {
        const waits = { function: 'host', outcome: 'waits', ...describeCaught(caught) };
        if (!isTold) this.#ports.log.write('warn', waits);
        isTold = true;
      }
      await this.#ports.pause(AGAIN_MS);
    }
    return false;
  }

  #begin(): boolean {
    if (this.#state === 'draining') return false;
    this.#state = 'ready';
    this.#ports.log.write('info', { function: 'host', outcome: 'ready' });
    return true;
  }

  /** From now on it is not ready. */
  drain(): void {
    this.#state = 'draining';
  }

  /** What it is now. A process that was ready asks the database whether it still answers. */
  async now(): Promise<Readiness | 'no database'> {
    const [first] = this.#collections;
    if (this.#state !== 'ready' || first === undefined) return this.#state;
    try {
      await this.#ports.database.find(first, 'ready').catch(unlessUnavailable);
      return this.#state;
    } catch {
      return 'no database';
    }
  }
}
