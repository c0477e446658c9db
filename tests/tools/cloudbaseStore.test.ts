import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import { ROOT } from '../../tools/sources.ts';
import { builtTool } from '../support/builtTool.ts';

/** The commands are processes that this one waits for. So the environment is a process of its own, too. */
describe('the commands on a CloudBase environment', () => {
  let server: ChildProcess;
  let env: Record<string, string>;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zhike-cloudbase-'));
    const given = { ...process.env, PORT: '0' };
    server = spawn('npx', ['tsx', 'local/cloudbase.ts'], { cwd: ROOT, env: given, detached: true });
    let printed = '';
    for await (const chunk of server.stdout ?? []) {
      printed += String(chunk);
      if (/SECRETKEY=.+\n/.test(printed)) break;
    }
    env = Object.fromEntries(
      [...printed.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
    );
  });
  afterAll(async () => {
    const ended = once(server, 'exit');
    process.kill(-(server.pid ?? 0), 'SIGTERM');
    await ended;
    rmSync(folder, { recursive: true });
  });
  const run = {
    migrate: builtTool('migrate'),
    staff: builtTool('staff'),
    audit: builtTool('audit'),
    copy: builtTool('copy'),
  };
  const tool = (name: keyof typeof run, ...args: readonly string[]) =>
    run[name](args, { env: { ...env, STAFF_PASSWORD: 'three grey herons at dusk' } });

  test('a command on an empty environment says which collection is missing', () => {
    const asked = tool('staff', '--data', folder, '--username', 'boss', '--role', 'admin');
    expect([asked.status, asked.stderr]).toEqual([
      1,
      'database.unavailable: DATABASE_COLLECTION_NOT_EXIST in identities {}\n',
    ]);
  });

  test('migrate makes every collection, staff make an administrator, the audit finds all right, and all can be moved away', async () => {
    for (let time = 0; time < 2; time += 1) {
      const whole = `${collections.length} collections, every document is in their indexes\n`;
      expect(tool('migrate', '--old-is-gone')).toMatchObject({ status: 0, stdout: whole, stderr: '' });
    }
    const boss = tool('staff', '--data', folder, '--username', 'boss', '--role', 'admin');
    expect([boss.status, boss.stderr]).toEqual([0, '']);
    const audited = tool('audit');
    expect([audited.status, audited.stderr]).toEqual([0, '']);
    const [, documents] = /^([1-9]\d*) documents, 0 findings\n$/.exec(audited.stdout) ?? [];
    const own = env.DATABASE_URL ?? '';
    const away = join(folder, 'moved');
    for (const [from, to, left] of [
      [own, away, `${documents} were copied`],
      [away, own, 'nothing was left to copy'],
    ] as const) {
      const { status, stdout, stderr } = tool('copy', '--from', from, '--to', to);
      expect([status, stderr]).toEqual([0, '']);
      const all = `${collections.length} collections, ${documents} documents, the same on both sides`;
      expect(stdout.endsWith(`\n${all}: ${left}\n`)).toBe(true);
    }
    const moved = sqliteDatabase({ path: join(away, 'zhike.db'), collections, random: () => 0 });
    let count = 0;
    for await (const _ of moved.exportAll()) count += 1;
    await moved.close();
    expect(`${count}`).toBe(documents);
  });

  test('the store itself is no target, and a store of another name is refused', () => {
    const own = env.DATABASE_URL ?? '';
    expect(tool('copy', '--from', own, '--to', own)).toMatchObject({
      status: 1,
      stderr: 'the source and the target are the same store\n',
    });
    expect(tool('copy', '--from', own, '--to', 'cloudbase:A/b').stderr).toContain('cloudbase:<environment>');
  });
});
