/**
 * A database that behaves as badly as a remote one may, and still keeps every promise of the port.
 *
 * Commits run into invented conflicts. The answer to a successful commit is lost. Calls take time. A transaction that
 * takes too long is thrown away. SQLite does none of this by itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { runUntilDone } from '../shared/adapters/engine/rerun.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Database, Meter, Tx } from '../shared/ports/database.ts';

/** What goes wrong, and how often. Shares are from 0 (never) to 1 (always). */
export interface Chaos {
  /** The share of runs that end in a conflict and commit nothing. */
  readonly conflict: number;
  /** The share of commits that succeed but whose work is run again, as if the answer had been lost. */
  readonly commitLost: number;
  /** How long each call takes, drawn evenly from this range; null for no delay. */
  readonly latencyMs: { readonly from: number; readonly to: number } | null;
  /** A run that takes longer than this ends in a conflict; null for no limit. */
  readonly txMaxMs: number | null;
}

/** The faults, and the sources of chance and time that they need. */
export interface ChaosOptions extends Partial<Chaos> {
  /** A random number, 0 ≤ x < 1. All faults are drawn from it. */
  readonly random: () => number;
  /** The clock that measures how long a run takes. */
  readonly clock: Clock;
  /** Waits, for latency and between runs. A real timer by default. */
  readonly pause?: (ms: number) => Promise<void>;
}

class InventedConflict extends Error {
  override readonly name = 'InventedConflict';
}

/** Wraps a database with faults. A fault that is not given never happens. */
export function chaosDatabase(inner: Database, options: ChaosOptions): Database {
  return badly(inner, options, null);
}

function badly(inner: Database, options: ChaosOptions, meter: Meter | null): Database {
  const { random, clock, conflict = 0, commitLost = 0, latencyMs = null, txMaxMs = null } = options;
  const pause = options.pause ?? sleep;
  const delay = async () => {
    if (latencyMs !== null) await pause(latencyMs.from + random() * (latencyMs.to - latencyMs.from));
  };
  const late = async <T>(ask: () => Promise<T>): Promise<T> => {
    await delay();
    return ask();
  };

  /** One run of the work, including its commit. */
  const once = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    inner.tx(async (tx) => {
      const endsAtMs = txMaxMs === null ? Number.POSITIVE_INFINITY : clock.now() + txMaxMs;
      const value = await work({
        find: (collection, id) => late(() => tx.find(collection, id)),
        peek: (collection, id) => late(() => tx.peek(collection, id)),
        insert: (collection, doc) => late(() => tx.insert(collection, doc)),
        update: (collection, doc) => late(() => tx.update(collection, doc)),
        remove: (collection, id) => late(() => tx.remove(collection, id)),
      });
      await delay();
      if (clock.now() > endsAtMs || random() < conflict) throw new InventedConflict();
      return value;
    });

  return {
    find: (collection, id) => late(() => inner.find(collection, id)),
    findMany: (collection, ids) => late(() => inner.findMany(collection, ids)),
    list: (collection, query) => late(() => inner.list(collection, query)),
    tx: (work) =>
      runUntilDone(
        async () => {
          try {
            const value = await once(work);
            return random() < commitLost ? 'conflict' : { value };
          } catch (error) {
            if (error instanceof InventedConflict) return 'conflict';
            throw error;
          }
        },
        { random, pause },
        meter,
      ),
    metered: (own) => badly(inner.metered(own), options, own),
    exportAll: () => inner.exportAll(),
    close: () => inner.close(),
  };
}

const NUMBER = '(\\d+(?:\\.\\d+)?)';
const SHARE = new RegExp(`^${NUMBER}$`);
const RANGE_MS = new RegExp(`^${NUMBER}-${NUMBER}$`);

/**
 * Reads `conflict=0.3,commitLost=0.1,latency=5-50,txMax=30000` (shares and milliseconds) in any order. A fault that is
 * not named never happens.
 * @throws Error that names what cannot be read
 */
export function parseChaos(text: string): Chaos {
  const said = new Map<string, string>();
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const [name = '', value = '', ...rest] = part.split('=').map((each) => each.trim());
    const isKnown = ['conflict', 'commitLost', 'latency', 'txMax'].includes(name);
    if (!isKnown || rest.length > 0 || said.has(name)) throw new Error(`chaos: what is "${part.trim()}"?`);
    said.set(name, value);
  }
  const read = (name: string, pattern: RegExp): readonly number[] | null => {
    const value = said.get(name);
    if (value === undefined) return null;
    const found = pattern.exec(value);
    if (found === null) throw new Error(`chaos: ${name} cannot be "${value}"`);
    return found.slice(1).map(Number);
  };
  const share = (name: string): number => {
    const [value = 0] = read(name, SHARE) ?? [];
    if (value > 1) throw new Error(`chaos: ${name} is a share from 0 to 1, not ${value}`);
    return value;
  };
  const [from, to] = read('latency', RANGE_MS) ?? [];
  if (from !== undefined && to !== undefined && from > to) throw new Error('chaos: latency is from-to');
  const [txMaxMs = null] = read('txMax', SHARE) ?? [];
  return {
    conflict: share('conflict'),
    commitLost: share('commitLost'),
    latencyMs: from === undefined || to === undefined ? null : { from, to },
    txMaxMs,
  };
}
