import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mysqlDatabase } from '../../shared/adapters/mysql/database.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { collections } from '../../shared/data/collections.ts';
import * as identities from '../../shared/data/identity/identities.ts';
import { builtTool } from '../support/builtTool.ts';
import { Administrator, describeMysql, type MadeDatabase, makeDatabase } from '../support/mysql.ts';

describeMysql('the commands on a MySQL database', () => {
  let administrator: Administrator;
  let made: MadeDatabase;
  let folder: string;
  beforeAll(async () => {
    administrator = await Administrator.connect();
    made = await makeDatabase(administrator);
    folder = mkdtempSync(join(tmpdir(), 'zhike-mysql-tools-'));
  });
  afterAll(async () => {
    await made.drop();
    administrator.close();
    rmSync(folder, { recursive: true });
  });
  const run = { migrate: builtTool('migrate'), staff: builtTool('staff'), audit: builtTool('audit') };
  const tool = (name: keyof typeof run, ...args: readonly string[]) => {
    const env = { DATABASE_URL: made.url, STAFF_PASSWORD: 'three grey herons at dusk' };
    return run[name](['--data', folder, ...args], { env });
  };

  test('a deployed unit or a command on an empty database says which table is missing', () => {
    const asked = tool('staff', '--username', 'boss', '--role', 'admin');
    const missing = `ER_NO_SUCH_TABLE: Table '${made.name}.identities' doesn't exist`;
    expect([asked.status, asked.stderr]).toEqual([1, `database.unavailable: ${missing} {}\n`]);
  });

  test('migrate makes every table and index, staff make an administrator, and the audit finds all right', async () => {
    for (let time = 0; time < 2; time += 1) {
      const whole = `${collections.length} collections, every document is in their indexes\n`;
      expect(tool('migrate', '--old-is-gone')).toMatchObject({ status: 0, stdout: whole, stderr: '' });
    }
    const tables = `SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${made.name}'`;
    expect(Number((await administrator.ask(tables))[0]?.[0])).toBe(collections.length + 1);
    const boss = tool('staff', '--username', 'boss', '--role', 'admin');
    expect([boss.status, boss.stderr]).toEqual([0, '']);
    const given = { url: made.url, collections, random: Math.random, clock: systemClock, connections: 1 };
    const database = mysqlDatabase(given);
    expect(await identities.find(database, identities.nameId('boss'))).not.toBeNull();
    await database.close();
    const audited = tool('audit');
    expect([audited.status, audited.stderr]).toEqual([0, '']);
    expect(audited.stdout).toMatch(/^[1-9]\d* documents, 0 findings\n$/);
  });

  test('the audit says what is wrong', async () => {
    const entry = { id: 'x', cause: 'order_paid', orderId: null, atMs: 0, lines: [['cash', 5]] };
    const columns = 'id, v, schemaVersion, layout, body';
    const values = `'x', 1, 1, 0, '${JSON.stringify(entry)}'`;
    await administrator.ask(`INSERT INTO ${made.name}.journal (${columns}) VALUES (${values})`);
    const { status, stdout } = tool('audit');
    expect([status, stdout]).toEqual([1, expect.stringContaining('does not balance')]);
  });
});
