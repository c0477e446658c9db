import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'libsql';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import type { Engine } from '../../shared/ports/database.ts';
import { builtTool } from '../support/builtTool.ts';

describe('the migrate command', () => {
  let folder: string;
  let database: Engine;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zhike-migrate-'));
    const before = collections.map((each) => (each === orders.collection ? { ...each, indexes: {} } : each));
    database = sqliteDatabase({ path: join(folder, 'zhike.db'), collections: before, random: () => 0 });
  });
  afterEach(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });
  const run = builtTool('migrate');
  const migrate = (...args: readonly string[]) => run(['--data', folder, ...args]);
  const indexes = () => {
    const file = new Sqlite(join(folder, 'zhike.db'));
    const found = file
      .prepare("SELECT name FROM sqlite_master WHERE tbl_name = 'orders'")
      .raw()
      .all([])
      .flat();
    file.close();
    return found;
  };

  test('beside an older process it makes the indexes, and says that they are not there for good', () => {
    const { status, stdout } = migrate();
    expect(status).toBe(0);
    expect(indexes()).toContain('orders by createdAtMs');
    expect(stdout).toMatch(/with --old-is-gone, not for good: orders\n$/);
  });

  test('once the older process is gone they are, and running it again changes nothing', async () => {
    await database.close();
    const whole = `${collections.length} collections, every document is in their indexes\n`;
    for (let time = 0; time < 2; time += 1) {
      expect(migrate('--old-is-gone')).toMatchObject({ status: 0, stdout: whole, stderr: '' });
    }
  });

  test('a folder without data, and an argument it does not know, are refused', () => {
    const nowhere = run(['--data', join(folder, 'no')]);
    expect([nowhere.status, nowhere.stderr]).toEqual([1, expect.stringContaining('there is no')]);
    expect(migrate('--all').status).toBe(1);
  });
});
