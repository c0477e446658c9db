import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'libsql';
import { renderUnicodeCompact } from 'uqr';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { systemIds } from '../../shared/adapters/process/ids.ts';
import { scryptPasswords } from '../../shared/adapters/process/passwords.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import * as identities from '../../shared/data/identity/identities.ts';
import * as secondFactors from '../../shared/data/identity/secondFactors.ts';
import * as users from '../../shared/data/identity/users.ts';
import { createStaff, setRole } from '../../shared/flows/identity/appointStaff.ts';
import type { Database } from '../../shared/ports/database.ts';
import { builtTool } from '../support/builtTool.ts';

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

  const run = builtTool('staff');
  const staff = (args: readonly string[], input = '') =>
    run(['--data', folder, ...args], { input, env: { STAFF_PASSWORD: undefined } });

  test('makes the first administrator, with a password from the input, beside a running product', async () => {
    const made = staff(['--username', ' Ｂoss ', '--role', 'admin'], `${password}\n`);
    expect(made).toMatchObject({ status: 0, stderr: '' });
    const identity = await identities.find(database, identities.nameId('boss'));
    if (identity === null) throw new Error('nobody was made');
    expect(made.stdout).toMatch(new RegExp(`^${identity.userId} boss: admin\n`));
    const url = /^otpauth:\/\/totp\/\S+boss\?secret=([A-Z2-7]{32})&\S+$/m.exec(made.stdout);
    expect(made.stdout).toContain(renderUnicodeCompact(url?.[0] ?? ''));
    const codes = made.stdout.match(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/gm) ?? [];
    expect(codes).toHaveLength(10);
    expect(await secondFactors.find(database, identity.userId)).toMatchObject({ state: 'on' });
    expect(await users.get(database, identity.userId)).toMatchObject({ role: 'admin', state: 'active' });
    expect(
      await scryptPasswords().verify(password, identity.passwordHash ?? '', { lane: 'login', source: '' }),
    ).toBe(true);

    const again = staff(['--username', 'boss', '--role', 'admin'], `${password}\n`);
    expect(again).toMatchObject({ status: 1, stderr: 'user.name_taken {}\n' });
    const changed = staff(['--user', identity.userId, '--role', 'support']);
    expect(changed.stdout).toBe(`${identity.userId} boss: support\n`);
    const before = await secondFactors.find(database, identity.userId);
    const renewed = staff(['--user', identity.userId, '--role', 'support', '--new-factor']);
    expect(renewed.stdout).toMatch(/^otpauth:/m);
    expect(await secondFactors.find(database, identity.userId)).not.toEqual(before);
    expect(await users.get(database, identity.userId)).toMatchObject({ role: 'support' });
    for (const file of ['zhike.db', 'zhike.db-wal']) {
      const stored = readFileSync(join(folder, file));
      const secrets = [password, url?.[1] ?? password, ...codes.map((code) => code.replaceAll('-', ''))];
      expect(secrets.filter((secret) => stored.includes(secret))).toEqual([]);
    }
  });

  test('who works here since before factors were a must gets one for the role they have', async () => {
    const ids = systemIds(systemClock);
    const ports = { database, ids, clock: systemClock, passwords: scryptPasswords() };
    const { id } = await createStaff(ports, { userName: 'old.hand', password, role: 'finance' });
    expect(staff(['--user', id, '--role', 'finance']).stdout).toMatch(/^otpauth:/m);
    expect(await secondFactors.find(database, id)).toMatchObject({ state: 'on', enrolment: null });
    expect(staff(['--user', id, '--role', 'learner', '--new-factor']).stdout).not.toMatch(/otpauth/);
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

  describe('verify-audit', () => {
    const verify = (...more: readonly string[]) => staff(['verify-audit', ...more]);
    /** Writes into the database like an intruder. */
    const tamper = (sql: string) => {
      const connection = new Sqlite(join(folder, 'zhike.db'));
      try {
        connection.exec(sql);
      } finally {
        connection.close();
      }
    };
    const roles = ['support', 'finance', 'editor', 'admin'] as const;

    beforeEach(async () => {
      const ports = {
        database,
        ids: systemIds(systemClock),
        clock: systemClock,
        passwords: scryptPasswords({ N: 2, r: 1, p: 1 }),
      };
      const { id } = await createStaff(ports, { userName: 'boss', password, role: 'admin' });
      for (const role of roles) await setRole(ports, { userId: id, role });
    });

    test('a log that is as it was written is found so, and its ends are printed', () => {
      const { status, stdout, stderr } = verify();
      expect([status, stderr]).toEqual([0, '5 entries, 0 of them outside any chain, 0 problems\n']);
      expect(JSON.parse(stdout)).toEqual({
        command: { seq: 5, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      });
    });

    const at = (seq: number) => `json_extract(body, '$.seq') = ${seq}`;
    const set = (field: string, value: string | number) =>
      `body = json_set(body, '$.${field}', ${typeof value === 'number' ? value : `'${value}'`})`;
    test.each([
      ['changed', `UPDATE audit SET ${set('reason', 'nothing of note')} WHERE ${at(3)}`, /3 .*: changed/],
      ['backdated', `UPDATE audit SET ${set('atMs', 1)} WHERE ${at(3)}`, /3 .*: changed/],
      ['taken out', `DELETE FROM audit WHERE ${at(3)}`, /4 .*: what should be before it is missing/],
      ['cut off', `DELETE FROM audit WHERE ${at(5)}`, /ends at 4, and was at 5/],
      ['cut off with its end', `DELETE FROM auditHeads`, /comes after the end/],
      ['all gone', `DELETE FROM audit`, /ends at 0, and was at 5/],
    ])('what was %s is found', (_, sql, problem) => {
      tamper(sql);
      const { status, stderr } = verify();
      expect([status, stderr]).toEqual([1, expect.stringMatching(problem)]);
    });

    test('two entries that changed places are found', () => {
      tamper(
        `CREATE TEMP TABLE two AS SELECT rowid AS place, body FROM audit WHERE ${at(2)} OR ${at(3)};
         UPDATE audit SET body = (SELECT body FROM two WHERE place <> audit.rowid)
         WHERE rowid IN (SELECT place FROM two)`,
      );
      expect(verify().status).toBe(1);
    });

    test('what was cut off together with its end is found by the ends that were kept', () => {
      const kept = join(folder, 'kept.json');
      writeFileSync(kept, verify().stdout);
      expect(verify('--kept', kept).status).toBe(0);
      tamper('DELETE FROM audit');
      tamper('DELETE FROM auditHeads');
      expect(verify().status).toBe(0);
      expect(verify('--kept', kept).stderr).toMatch(/ends at 0, and was at 5 once/);
    });

    test('a whole new log with another past is found by the ends that were kept', () => {
      const kept = join(folder, 'kept.json');
      writeFileSync(kept, JSON.stringify({ command: { seq: 4, hash: 'f'.repeat(64) } }));
      expect(verify('--kept', kept).stderr).toMatch(/is not the kept end/);
    });
  });

  test('asked for help it says how it is used', () => {
    expect(staff(['--help']).stderr).toMatch(/^usage: npm run staff/);
  });
});
