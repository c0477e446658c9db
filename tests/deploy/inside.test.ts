import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cosFiles } from '../../shared/adapters/cos/files.ts';
import { httpSend } from '../../shared/adapters/http/nodeRequest.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { CONFIG_FILE, sealConfig } from '../../shared/adapters/process/sealed.ts';
import { keySecrets } from '../../shared/adapters/process/secrets.ts';
import { bucketObjects } from '../../shared/commands/objects.ts';
import { type OpsHandler, ops } from '../../shared/commands/ops.ts';
import { collections } from '../../shared/data/collections.ts';
import { type Cloud, CloudError } from '../../tools/deploy/cloud.ts';
import { backUpInside, type Inside, invokeOps, NoAnswer, restoreInside } from '../../tools/deploy/inside.ts';
import { bucket, MEDIA_HOST } from '../support/bucket.ts';
import { builtTool } from '../support/builtTool.ts';
import { Administrator, describeMysql, type MadeDatabase, makeDatabase } from '../support/mysql.ts';

const configKey = randomBytes(32).toString('base64');
const lost = () => new CloudError({ code: '', message: 'InvokeFunction: timed out', isUnknown: true });

/** A cloud whose only function is this one. `lose` says whether the answer to a call is lost after the deed. */
function cloudWith(handler: OpsHandler, lose: () => boolean) {
  const events: string[] = [];
  const ask = async (_service: string, action: string, asked: { Event: string }) => {
    expect(action).toBe('InvokeFunction');
    expect(asked).toMatchObject({ FunctionName: 'ops', Namespace: 'zhike-test', Qualifier: '$DEFAULT' });
    events.push(asked.Event);
    const Result = await handler(JSON.parse(asked.Event)).then(
      (returned) => ({ RetMsg: JSON.stringify(returned), ErrMsg: '' }),
      (caught) => ({ RetMsg: '', ErrMsg: String(caught.message) }),
    );
    if (lose()) throw lost();
    return { Result };
  };
  return { events, cloud: { ask } as unknown as Cloud };
}

const { cos, secretKey, credentials, fetchInto } = bucket();
const files = cosFiles({
  host: MEDIA_HOST,
  credentials: () => credentials,
  clock: systemClock,
  send: httpSend(),
});
const objects = bucketObjects({ files, fetch: fetchInto(), now: () => systemClock.now() });

function insideWith(
  handler: OpsHandler,
  { losses = 0 } = {},
): Inside & { readonly events: readonly string[] } {
  let left = losses;
  const { cloud, events } = cloudWith(handler, () => {
    left -= 1;
    return left >= 0;
  });
  const pause = async () => undefined;
  return { cloud, events, namespace: 'zhike-test', secrets: keySecrets(configKey), objects, pause };
}

describe('a command that runs inside', () => {
  const refusing: OpsHandler = async () => {
    throw new Error('planted');
  };

  test('what the function throws is told', async () => {
    const call = { command: 'audit', args: [], values: {} };
    await expect(invokeOps(insideWith(refusing), call)).rejects.toThrow('ops audit: planted');
  });

  test('without an answer, what can go on is called again, and nothing else is', async () => {
    const calls = async (command: string) => {
      const inside = insideWith(refusing, { losses: 2 });
      const caught = await invokeOps(inside, { command, args: [], values: {} }).catch((error) => error);
      return [inside.events.length, caught instanceof NoAnswer];
    };
    for (const command of ['migrate', 'restore', 'copy']) expect(await calls(command)).toEqual([3, false]);
    for (const command of ['staff', 'audit', 'backup']) expect(await calls(command)).toEqual([1, true]);
  });
});

describeMysql('backups of a stage', () => {
  const key = randomBytes(32);
  let administrator: Administrator;
  let folder: string;
  const made: MadeDatabase[] = [];
  beforeAll(async () => {
    administrator = await Administrator.connect();
    folder = mkdtempSync(join(tmpdir(), 'zhike-inside-'));
  });
  afterAll(async () => {
    for (const each of made) await each.drop();
    administrator.close();
    rmSync(folder, { recursive: true });
  });

  async function unit(): Promise<OpsHandler> {
    const database = await makeDatabase(administrator);
    made.push(database);
    const own = mkdtempSync(join(folder, 'unit-'));
    const variables = { DATABASE_URL: database.url, MEDIA_HOST, SECRETS_KEY: configKey };
    writeFileSync(
      join(own, CONFIG_FILE),
      sealConfig(variables, { key: configKey, stage: 'test', unit: 'ops' }),
    );
    const role = { TENCENTCLOUD_SECRETID: 'id', TENCENTCLOUD_SECRETKEY: secretKey };
    const platform = { STAGE: 'test', CONFIG_KEY: configKey, ...role };
    return ops(platform, { name: 'ops', folder: own, fetch: fetchInto() });
  }

  test('one is made and fetched, and restored elsewhere, also when the answers are lost', async () => {
    const handler = await unit();
    await handler({ command: 'migrate', args: [] });
    const values = { userName: 'boss', password: 'three grey herons at dusk', role: 'admin' };
    expect(await invokeOps(insideWith(handler), { command: 'staff', args: [], values })).toMatchObject({
      isRight: true,
    });
    const whole = insideWith(handler);
    const path = join(folder, 'whole.backup');
    const said = await backUpInside(whole, path, key);
    expect(said).toMatchObject({
      isRight: true,
      lines: [expect.stringContaining(`${collections.length} collections`)],
    });
    expect(whole.events.join('')).not.toContain(key.toString('base64'));
    const again = join(folder, 'again.backup');
    expect((await backUpInside(insideWith(handler, { losses: 1 }), again, key)).isRight).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    await expect(backUpInside(insideWith(handler), path, key)).rejects.toThrow('EEXIST');

    const other = insideWith(await unit(), { losses: 1 });
    const restored = await restoreInside(other, path, key);
    expect(restored).toMatchObject({
      isRight: true,
      lines: [expect.stringMatching(/: [1-9]\d* documents, /)],
    });
    expect(other.events).toHaveLength(2);
    const parts = cos.files.size;
    expect((await restoreInside(other, path, key)).isRight).toBe(true);
    expect(cos.files.size).toBe(parts);
    writeFileSync(`${path}.cut`, readFileSync(path).subarray(0, -1));
    await expect(restoreInside(other, `${path}.cut`, key)).rejects.toThrow('the backup is cut off');
  });
});

describe('the commands with --stage', () => {
  const env = { BACKUP_KEY: randomBytes(32).toString('base64'), STAFF_PASSWORD: 'three grey herons at dusk' };
  const tools = {
    migrate: [builtTool('migrate'), []],
    probe: [builtTool('probe'), []],
    audit: [builtTool('audit'), []],
    copy: [builtTool('copy'), ['--to', 'mysql://root@127.0.0.1/x']],
    backup: [builtTool('backup'), ['--to', 'x.backup']],
    restore: [builtTool('restore'), ['--from', 'package.json']],
    staff: [builtTool('staff'), ['--username', 'boss', '--role', 'admin']],
  } as const;

  test.each(Object.keys(tools) as (keyof typeof tools)[])('%s asks for a stage that is there', (name) => {
    const [run, args] = tools[name];
    const { status, stderr } = run(['--stage', 'nowhere', ...args], { env });
    expect([status === 0, stderr]).toEqual([
      false,
      expect.stringContaining('there is no stages/nowhere.yml'),
    ]);
  });
});
