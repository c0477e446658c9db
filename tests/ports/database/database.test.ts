import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chaosDatabase } from '../../../local/database.chaos.ts';
import { sqliteDatabase } from '../../../shared/adapters/sqlite/database.ts';
import { endlessTurn } from '../../support/clock.ts';
import { seed, seeded } from '../../support/seeded.ts';
import { virtualTime } from '../../support/virtualTime.ts';
import { databaseSuite, type Store } from './conformance.ts';

async function memoryStore(): Promise<Store> {
  const { pause } = virtualTime();
  return {
    isCalm: true,
    open: async (collections) =>
      sqliteDatabase({ path: ':memory:', collections, random: seeded(seed), pause, loop: endlessTurn }),
    dispose: async () => undefined,
  };
}

async function fileStore(): Promise<Store> {
  const { pause } = virtualTime();
  const random = seeded(seed);
  const folder = mkdtempSync(join(tmpdir(), 'zhike-database-'));
  return {
    isCalm: true,
    open: async (collections) =>
      sqliteDatabase({ path: join(folder, 'data.sqlite'), collections, random, pause, loop: endlessTurn }),
    dispose: async () => rmSync(folder, { recursive: true }),
  };
}

async function chaosStore(): Promise<Store> {
  const { clock, pause } = virtualTime();
  const random = seeded(seed);
  const inner = await fileStore();
  const chaos = { conflict: 0.3, commitLost: 0.1, latencyMs: { from: 5, to: 50 }, txMaxMs: 30_000 };
  return {
    ...inner,
    isCalm: false,
    open: async (collections) => {
      const engine = await inner.open(collections);
      const chaotic = chaosDatabase(engine, { ...chaos, clock, random, pause });
      return {
        ...chaotic,
        migrate: (asked) => engine.migrate(asked),
        exportRaw: (collection) => engine.exportRaw(collection),
        importRaw: (collection, docs) => engine.importRaw(collection, docs),
        snapshot: () => engine.snapshot(),
        undeclared: () => engine.undeclared(),
      };
    },
  };
}

databaseSuite('sqlite in memory', { isKept: false, make: memoryStore });
databaseSuite('sqlite in a file', { isKept: true, make: fileStore });
databaseSuite(`chaos over sqlite, seed ${seed}`, { isKept: true, make: chaosStore });
