import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chaosDatabase } from '../../../local/database.chaos.ts';
import { databaseAttempts } from '../../../shared/adapters/database/attempts.ts';
import { keySecrets } from '../../../shared/adapters/process/secrets.ts';
import { sqliteDatabase } from '../../../shared/adapters/sqlite/database.ts';
import { collections } from '../../../shared/data/collections.ts';
import { collection } from '../../../shared/data/identity/attempts.ts';
import type { Database } from '../../../shared/ports/database.ts';
import { timeMs } from '../../../shared/schemas/base.ts';
import { seed, seeded } from '../../support/seeded.ts';
import { attemptsSuite, type CountedAttempts } from './conformance.ts';

const secrets = keySecrets(Buffer.alloc(32, 3).toString('base64'));

/** Lets the others run. */
const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A store in a file of its own. Each process opens it by itself. */
async function counted(around: (inner: Database) => Database): Promise<CountedAttempts> {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-attempts-'));
  const opened: Database[] = [];
  const random = seeded(seed);
  let now = 1_795_000_000_000;
  return {
    start: async () => {
      const inner = sqliteDatabase({ path: join(folder, 'data.sqlite'), collections, random, pause });
      opened.push(inner);
      const clock = { now: () => timeMs(now) };
      return databaseAttempts({ database: around(inner), collection, secrets, clock });
    },
    advance: (ms) => {
      now += ms;
    },
    close: async () => {
      for (const database of opened) await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

attemptsSuite('the database', () => counted((inner) => inner));
attemptsSuite(
  `a database in conflict, seed ${seed}`,
  () =>
    counted((inner) => {
      const random = seeded(seed);
      const clock = { now: () => timeMs(0) };
      return chaosDatabase(inner, { conflict: 0.2, commitLost: 0, random, clock, pause });
    }),
  { others: 1_040 },
);

test('guarded values are stored only as digests', async () => {
  const database = sqliteDatabase({ path: ':memory:', collections, random: seeded(seed) });
  const clock = { now: () => timeMs(1_795_000_000_000) };
  const attempts = databaseAttempts({ database, collection, secrets, clock });
  await attempts.count('password alice 203.0.113.1', { max: 1, windowMs: 1_000 });
  const stored: unknown[] = [];
  for await (const row of database.exportAll()) stored.push(row);
  expect(stored).toHaveLength(1);
  expect(JSON.stringify(stored)).not.toMatch(/alice|203\.0/);
  await database.close();
});
