import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import { builtTool } from '../support/builtTool.ts';
import { Administrator, describeMysql, makeDatabase } from '../support/mysql.ts';

describe('the commands backup and restore', () => {
  const backup = builtTool('backup');
  const restore = builtTool('restore');
  const env = { BACKUP_KEY: randomBytes(32).toString('base64') };
  let folder: string;
  let shop: string;
  let file: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zhike-backup-'));
    shop = join(folder, 'shop.db');
    const store = sqliteDatabase({ path: shop, collections, random: Math.random });
    for (const { name, version } of collections) {
      if (name === 'audit' || name === 'auditHeads') continue;
      const collection = collections.find((each) => each.name === name) ?? fail();
      await store.importRaw(collection, [{ id: 'x', schemaVersion: version, body: '{"id":"x","newer":1}' }]);
    }
    await store.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    file = join(mkdtempSync(join(folder, 'b-')), 'shop.backup');
  });
  function fail(): never {
    throw new Error('no collection');
  }
  const count = collections.length - 2;
  const from = { ...env, DATABASE_URL: '' };
  const backUp = (given: Readonly<Record<string, string>> = {}) =>
    backup(['--to', file], { env: { ...from, DATABASE_URL: `sqlite:${shop}`, ...given } });

  test('a file that only its owner can read, and nothing of it in the clear; a second backup does not replace it', () => {
    const first = backUp();
    const says = `${collections.length} collections, ${count} documents, read back and found the same\n`;
    expect([first.status, first.stdout, first.stderr]).toEqual([0, says, '']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file).includes('newer')).toBe(false);
    const before = readFileSync(file);
    const second = backUp();
    expect([second.status, second.stderr]).toEqual([1, expect.stringContaining('EEXIST')]);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(join(file, '..'))).toEqual(['shop.backup']);
  });

  test('restores into a new folder, and says so again when it is repeated', () => {
    expect(backUp().status).toBe(0);
    const data = join(folder, 'again');
    for (const isFirst of [true, false]) {
      const { status, stdout, stderr } = restore(['--from', file, '--data', data], { env: from });
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(new RegExp(`the store is as it was at 2.*Z: ${count} documents\n`));
      expect(stdout.endsWith(`${count} of them were there already\n`)).toBe(!isFirst);
    }
  });

  test('refuses what it cannot do, and leaves nothing behind', () => {
    const says = (status: number, text: string) => [status, expect.stringContaining(text)];
    const said = ({ status, stderr }: ReturnType<typeof backup>) => [status, stderr];
    expect(said(backup([], { env }))).toEqual(says(2, 'usage: npm run backup'));
    expect(said(backUp({ BACKUP_KEY: '' }))).toEqual(says(1, 'openssl rand -base64 32'));
    expect(said(backUp({ BACKUP_KEY: 'hush' }))).toEqual([
      1,
      'BACKUP_KEY is wrong: it is not 32 bytes in base64\n',
    ]);
    expect(said(backUp({ DATABASE_URL: 'sqlite:/nowhere' }))).toEqual(says(1, 'there is no /nowhere'));
    expect(existsSync(file)).toBe(false);
    expect(backUp().status).toBe(0);
    const data = join(folder, 'none');
    const put = (path: string, given: Readonly<Record<string, string>> = {}) =>
      said(restore(['--from', path, '--data', data], { env: { ...from, ...given } }));
    expect(said(restore([], { env }))).toEqual(says(2, 'usage: npm run restore'));
    expect(put(join(folder, 'missing'))).toEqual(says(1, 'there is no'));
    const other = { BACKUP_KEY: randomBytes(32).toString('base64') };
    expect(put(file, other)).toEqual([1, 'the backup was sealed with another BACKUP_KEY\n']);
    writeFileSync(`${file}.cut`, readFileSync(file).subarray(0, -9));
    expect(put(`${file}.cut`)).toEqual([1, 'the backup is cut off\n']);
    expect(existsSync(join(data, 'zhike.db'))).toBe(false);
    expect(said(restore(['--from', file], { env: { ...from, DATABASE_URL: 'mysql://me:hush@' } }))).toEqual([
      1,
      expect.not.stringContaining('hush'),
    ]);
  });

  describeMysql('with a MySQL server', () => {
    test('a shop goes from a file to a server, and its backup back into a file', async () => {
      const administrator = await Administrator.connect();
      const made = await makeDatabase(administrator);
      expect(backUp().status).toBe(0);
      const server = { ...env, DATABASE_URL: made.url };
      expect(restore(['--from', file], { env: server })).toMatchObject({ status: 0, stderr: '' });
      const second = join(file, '..', 'second.backup');
      expect(backup(['--to', second], { env: server })).toMatchObject({ status: 0, stderr: '' });
      // What was restored is the same: the first backup finds nothing to add to what the second one brings.
      const data = join(folder, 'back');
      expect(restore(['--from', second, '--data', data], { env: from }).status).toBe(0);
      const repeated = restore(['--from', file, '--data', data], { env: from });
      expect(repeated.stdout.endsWith(`${count} of them were there already\n`)).toBe(true);
      await made.drop();
      administrator.close();
    });
  });
});
