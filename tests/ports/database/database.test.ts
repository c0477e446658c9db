import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chaosDatabase } from '../../../local/database.chaos.ts';
import { sqliteDatabase } from '../../../shared/adapters/sqlite/database.ts';
import { endlessTurn } from '../../support/clock.ts';
import { seed, seeded } from '../../support/seeded.ts';
import { virtualTime } from '../../support/virtualTime.ts';
import { databaseSuite, type Store } from './conformance.ts';

function memoryStore(): Store {
  const { pause } = virtualTime();
  return {
    isCalm: true,
    open: (collections) =>
      sqliteDatabase({ path: ':memory:', collections, random: seeded(seed), pause, loop: endlessTurn }),
    dispose: () => undefined,
  };
}

function fileStore(): Store {
  const { pause } = virtualTime();
  const random = seeded(seed);
  const folder = mkdtempSync(join(tmpdir(), 'zhike-database-'));
  return {
    isCalm: true,
    open: (collections) =>
      sqliteDatabase({ path: join(folder, 'data.sqlite'), collections, random, pause, loop: endlessTurn }),
    dispose: () => rmSync(folder, { recursive: true }),
  };
}

function chaosStore(): Store {
  const { clock, pause } = virtualTime();
  const random = seeded(seed);
  const inner = fileStore();
  const chaos = { conflict: 0.3, commitLost: 0.1, latencyMs: { from: 5, to: 50 }, txMaxMs: 30_000 };
  return {
    ...inner,
    isCalm: false,
    open: (collections) => {
      const engine = inner.open(collections);
      const chaotic = chaosDatabase(engine, { ...chaos, clock, random, pause });
      return { ...chaotic, migrate: (asked) => engine.migrate(asked) };
    },
  };
}

databaseSuite('sqlite in memory', { isKept: false, make: memoryStore });
databaseSuite('sqlite in a file', { isKept: true, make: fileStore });
databaseSuite(`chaos over sqlite, seed ${seed}`, { isKept: true, make: chaosStore });
