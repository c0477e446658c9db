import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cosFiles } from '../../shared/adapters/cos/files.ts';
import { mysqlDatabase } from '../../shared/adapters/mysql/database.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { CONFIG_FILE, sealConfig } from '../../shared/adapters/process/sealed.ts';
import { keySecrets } from '../../shared/adapters/process/secrets.ts';
import { bucketObjects } from '../../shared/commands/objects.ts';
import { type OpsHandler, ops } from '../../shared/commands/ops.ts';
import { type OpsAnswer, openAnswer, sealCall } from '../../shared/commands/opsCall.ts';
import { collections } from '../../shared/data/collections.ts';
import * as identities from '../../shared/data/identity/identities.ts';
import { timeMs } from '../../shared/schemas/base.ts';
import { bucket, MEDIA_HOST } from '../support/bucket.ts';
import { Administrator, describeMysql, type MadeDatabase, makeDatabase } from '../support/mysql.ts';

const PASSWORD = 'three grey herons at dusk';

describeMysql('the unit that runs commands', () => {
  const key = randomBytes(32).toString('base64');
  const secrets = keySecrets(key);
  const backupKey = { BACKUP_KEY: randomBytes(32).toString('base64') };
  const { cos, secretKey, fetchInto } = bucket();
  let administrator: Administrator;
  let made: MadeDatabase;
  let folder: string;
  let handler: OpsHandler;
  let platforms: string;
  let close: () => void;

  /** A unit as it is deployed, with its settings sealed beside it. */
  function unitOn(url: string): OpsHandler {
    const own = mkdtempSync(join(folder, 'unit-'));
    const variables = {
      ...{ DATABASE_URL: url, SECRETS_KEY: randomBytes(32).toString('base64'), MEDIA_HOST },
      ...{ WECHAT_BASE_URL: platforms, WXPAY_BASE_URL: platforms, WXPAY_BACKUP_BASE_URL: platforms },
    };
    writeFileSync(join(own, CONFIG_FILE), sealConfig(variables, { key, stage: 'test', unit: 'ops' }));
    const role = { TENCENTCLOUD_SECRETID: 'id', TENCENTCLOUD_SECRETKEY: secretKey };
    const platform = { STAGE: 'test', CONFIG_KEY: key, ...role };
    return ops(platform, { name: 'ops', folder: own, fetch: fetchInto() });
  }

  beforeAll(async () => {
    administrator = await Administrator.connect();
    folder = mkdtempSync(join(tmpdir(), 'zhike-ops-'));
    const server = createServer((_, outgoing) => outgoing.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    platforms = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => server.close();
    made = await makeDatabase(administrator);
    handler = unitOn(made.url);
  });
  afterAll(async () => {
    await made.drop();
    administrator.close();
    close();
    rmSync(folder, { recursive: true });
  });

  /** Calls as the operator's machine does. `logged` collects what the platform sees. */
  const logged: string[] = [];
  async function call(
    command: string,
    args: readonly string[] = [],
    values: Readonly<Record<string, string>> = {},
    by: OpsHandler = handler,
  ): Promise<OpsAnswer> {
    const event = sealCall(secrets, { command, args: [...args], values: { ...values } }, systemClock.now());
    const returned = await by(event);
    logged.push(JSON.stringify([event, returned]));
    return openAnswer(secrets, returned);
  }

  test('a deployment lays the database out, and tries it, openly', async () => {
    await expect(handler({ command: 'migrate', args: ['--old-is-gone'] })).resolves.toMatchObject({
      lines: [`${collections.length} collections, every document is in their indexes`],
    });
    expect(await handler({ command: 'probe', args: [] })).toMatchObject({
      lines: [expect.stringContaining('binlog'), expect.stringContaining('binlog')],
    });
    const tight = ['--connections', '100000'];
    await expect(handler({ command: 'probe', args: tight })).rejects.toThrow(/max_connections/);
    // A doctor wants to hear of everything.
    const told = await handler({ command: 'probe', args: [...tight, '--tell'] });
    expect(told).toMatchObject({ data: expect.arrayContaining([expect.objectContaining({ stops: true })]) });
  });

  test('anything else is refused when it is not sealed, sealed under another key, or old', async () => {
    for (const command of ['staff', 'audit', 'backup', 'restore', 'copy', 'verify-audit', 'constructor']) {
      await expect(handler({ command, args: [] })).rejects.toThrow();
    }
    const asked = { command: 'audit', args: [], values: {} };
    const other = sealCall(keySecrets(randomBytes(32).toString('base64')), asked, systemClock.now());
    await expect(handler(other)).rejects.toThrow('it is not sealed under the CONFIG_KEY of this stage');
    for (const byMs of [-601_000, 601_000]) {
      const old = sealCall(secrets, asked, timeMs(systemClock.now() + byMs));
      await expect(handler(old)).rejects.toThrow('the call is too old');
    }
    // An answer is no call.
    const returned = await handler(sealCall(secrets, asked, systemClock.now()));
    await expect(handler(returned)).rejects.toThrow('it is not sealed');
    expect(await call('constructor')).toEqual({ lines: ['there is no command constructor'], isRight: false });
  });

  test('it appoints staff, and the log of the platform has neither password nor factor', async () => {
    const { lines, isRight, data } = await call('staff', [], {
      userName: 'boss',
      password: PASSWORD,
      role: 'admin',
    });
    expect([isRight, lines]).toEqual([true, [expect.stringMatching(/^usr_\w+ boss: admin$/)]]);
    const { url, recoveryCodes } = data as { url: string; recoveryCodes: string[] };
    expect(url).toMatch(/^otpauth:/);
    expect(recoveryCodes.length).toBeGreaterThan(5);
    const log = logged.join('\n');
    for (const secret of [PASSWORD, 'otpauth', 'boss', ...recoveryCodes]) expect(log).not.toContain(secret);
    const given = { url: made.url, collections, random: Math.random, clock: systemClock, connections: 1 };
    const database = mysqlDatabase(given);
    expect(await identities.find(database, identities.nameId('boss'))).not.toBeNull();
    await database.close();
    expect(await call('staff', [], { userName: 'boss', password: PASSWORD, role: 'admin' })).toEqual({
      lines: ['user.name_taken'],
      isRight: false,
    });
    const [userId = ''] = lines[0]?.split(' ') ?? [];
    expect(await call('staff', [], { userId, role: 'support' })).toMatchObject({ isRight: true, data: null });
  });

  test('it audits the store, and the log of what staff did against ends that were kept', async () => {
    expect(await call('audit')).toMatchObject({
      isRight: true,
      lines: [expect.stringMatching(/ 0 findings$/)],
    });
    const { data: heads } = await call('verify-audit');
    expect(await call('verify-audit', [], { kept: JSON.stringify(heads) })).toMatchObject({ isRight: true });
    const more = { ...(heads as object), command: { seq: 99, hash: 'x' } };
    expect(await call('verify-audit', [], { kept: JSON.stringify(more) })).toMatchObject({ isRight: false });
    const entry = { id: 'x', cause: 'order_paid', orderId: null, atMs: 0, lines: [['cash', 5]] };
    const values = `'x', 1, 1, 0, '${JSON.stringify(entry)}'`;
    await administrator.ask(
      `INSERT INTO ${made.name}.journal (id, v, schemaVersion, layout, body) VALUES (${values})`,
    );
    expect(await call('audit')).toMatchObject({ isRight: false });
    await administrator.ask(`DELETE FROM ${made.name}.journal`);
  });

  test('it backs up into the bucket, restores from it, and copies, and no key passes by', async () => {
    expect((await call('backup', ['b1'], backupKey)).lines).toEqual([expect.stringMatching(/ documents$/)]);
    expect([...cos.files.keys()]).toEqual(['backups/b1/part-0001', 'backups/b1/end']);
    const again = await makeDatabase(administrator);
    const other = unitOn(again.url);
    expect(await call('restore', ['b2'], backupKey, other)).toEqual({
      lines: ['there is no complete backup b2 in the bucket'],
      isRight: false,
    });
    for (const added of [/[1-9]\d* of them new$/, / 0 of them new$/]) {
      expect(await call('restore', ['b1'], backupKey, other)).toEqual({
        ...{ lines: [expect.stringMatching(added)], isRight: true },
      });
    }
    const target = await makeDatabase(administrator);
    expect(await call('copy', [], { to: target.url }, other)).toMatchObject({ isRight: true });
    const third = unitOn(target.url);
    expect((await call('restore', ['b1'], backupKey, third)).lines[0]).toMatch(/ 0 of them new$/);
    expect(await call('backup', ['../x'], backupKey)).toMatchObject({ isRight: false });
    for (const secret of [backupKey.BACKUP_KEY, target.name]) expect(logged.join('\n')).not.toContain(secret);
    await again.drop();
    await target.drop();
  });
});

describe('objects in a bucket', () => {
  const clock = systemClock;
  function objectsOn({ cos, credentials, fetchInto }: ReturnType<typeof bucket>, lose: () => boolean) {
    const send = async ({ body, ...asked }: { method: string; url: string; headers: object; body: string }) =>
      cos.answer({ ...asked, headers: asked.headers as never, body: Buffer.from(body) });
    const files = cosFiles({ host: MEDIA_HOST, credentials: () => credentials, clock, send });
    return bucketObjects({ files, fetch: fetchInto(lose), now: () => clock.now() });
  }

  test('a put whose answer was lost is made again, and nothing is ever replaced', async () => {
    let losses = 2;
    const objects = objectsOn(bucket(), () => {
      losses -= 1;
      return losses >= 0;
    });
    await objects.put('a', Buffer.from('one'));
    await expect(objects.put('a', Buffer.from('other'))).rejects.toThrow(
      'the file storage answered 409 to a',
    );
    expect(Buffer.from((await objects.get('a')) ?? []).toString()).toBe('one');
    expect(await objects.get('b')).toBeNull();
  });

  test('one that stays away is named', async () => {
    const own = bucket();
    await expect(objectsOn(own, () => true).get('a')).rejects.toThrow('the file storage does not answer');
    own.cos.state.isDown = true;
    await expect(objectsOn(own, () => false).put('a', Buffer.from('x'))).rejects.toThrow('answered 503 to a');
  });
});
