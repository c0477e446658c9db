import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteDatabase } from '../../shared/adapters/database.sqlite.ts';
import { scryptPasswords } from '../../shared/adapters/passwords.scrypt.ts';
import { collections } from '../../shared/data/collections.ts';
import * as identities from '../../shared/data/identities.ts';
import * as users from '../../shared/data/users.ts';
import type { Database } from '../../shared/ports.ts';

const password = 'three grey herons at dusk';

describe('the staff command', () => {
  let folder: string;
  let database: Database;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zhike-staff-'));
    database = sqliteDatabase({ path: join(folder, 'zhike.db'), collections, random: () => 0 });
  });
  afterEach(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });

  const staff = (args: readonly string[], input = '') =>
    spawnSync(process.execPath, ['--import', 'tsx', 'tools/staff.ts', '--data', folder, ...args], {
      input,
      encoding: 'utf8',
      env: { ...process.env, STAFF_PASSWORD: undefined },
    });

  test('makes the first administrator, with a password from the input, beside a running product', async () => {
    const made = staff(['--username', 'Boss', '--role', 'admin'], `${password}\n`);
    expect(made).toMatchObject({ status: 0, stderr: '' });
    const identity = await identities.find(database, identities.nameId('boss'));
    if (identity === null) throw new Error('nobody was made');
    expect(made.stdout).toBe(`${identity.userId} boss: admin\n`);
    expect(await users.get(database, identity.userId)).toMatchObject({ role: 'admin', state: 'active' });
    expect(await scryptPasswords().verify(password, identity.passwordHash ?? '')).toBe(true);

    const again = staff(['--username', 'boss', '--role', 'admin'], `${password}\n`);
    expect(again).toMatchObject({ status: 1, stderr: 'user.name_taken {}\n' });
    const changed = staff(['--user', identity.userId, '--role', 'support']);
    expect(changed.stdout).toBe(`${identity.userId} boss: support\n`);
    expect(await users.get(database, identity.userId)).toMatchObject({ role: 'support' });
    for (const file of ['zhike.db', 'zhike.db-wal']) {
      expect(readFileSync(join(folder, file)).includes(password)).toBe(false);
    }
  });

  test('a weak password, or none, makes nobody', async () => {
    for (const typed of ['admin\n', '']) {
      expect(staff(['--username', 'boss', '--role', 'admin'], typed).status).not.toBe(0);
    }
    expect(await identities.find(database, identities.nameId('boss'))).toBeNull();
  });

  test.each([
    ['no role', ['--username', 'boss']],
    [
      'a name and an id',
      ['--username', 'boss', '--user', 'usr_01JD0000000000000000000001', '--role', 'admin'],
    ],
    ['a password as an argument', ['--username', 'boss', '--role', 'admin', '--password', password]],
  ])('what is not understood does nothing: %s', (_, args) => {
    expect(staff(args).status).not.toBe(0);
  });

  test('asked for help it says how it is used', () => {
    expect(staff(['--help']).stderr).toMatch(/^usage: npm run staff/);
  });
});
