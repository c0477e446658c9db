import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TencentCloud } from '../../local/simulators/tencent/cloud.ts';
import type { ChooseFault } from '../../local/simulators/tencent/faults.ts';
import { type ServedCloud, serveTencentCloud } from '../../local/simulators/tencent/serve.ts';
import { comparable, loadState } from '../../local/simulators/tencent/state.ts';
import { readStage, secretsOf } from '../../tools/deploy/stageFile.ts';
import { readManifest } from '../../tools/manifest.ts';
import { partsOf, STAGE_TEXT } from './support/parts.ts';

/** A process of ours with its output. */
async function run(
  file: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  watch: (child: ChildProcess) => void = () => undefined,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...words], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  watch(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += String(chunk);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

describe('a process of its own, by the vendor’s SDK', () => {
  const keys = { secretId: 'id', secretKey: 'key' };
  const CONFIG_KEY_OF_TESTS = randomBytes(32).toString('base64');
  const folder = mkdtempSync(join(tmpdir(), 'zhike-deploy-'));
  let cloud: TencentCloud;
  let served: ServedCloud;
  /** Called at each call of the cloud. */
  let atCall: (number: number) => void = () => undefined;
  const fault: ChooseFault = ({ number }) => {
    atCall(number);
    return null;
  };

  async function serve(): Promise<void> {
    atCall = () => undefined;
    cloud = new TencentCloud({ keys, now: Date.now, polls: 1, file: join(folder, 'cloud.json'), fault });
    served = await serveTencentCloud(cloud, 0);
  }
  beforeEach(serve);
  afterEach(async () => {
    await served.close();
    rmSync(join(folder, 'cloud.json'), { force: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const deployProcess = (watch?: (child: ChildProcess) => void) => {
    const given = { endpoint: served.url, secretKey: keys.secretKey, isLater: false };
    return run(
      'tests/deploy/support/deployProcess.ts',
      [JSON.stringify(given)],
      { CONFIG_KEY_OF_TESTS },
      watch,
    );
  };

  test('killed in the middle of a call, and run again, leaves what a faultless one leaves', async () => {
    expect((await deployProcess()).code).toBe(0);
    const right = comparable(cloud.state);
    const middle = Math.floor(cloud.calls.length / 2);
    expect(middle).toBeGreaterThan(50);

    await served.close();
    rmSync(join(folder, 'cloud.json'));
    await serve();
    const killed = await deployProcess((child) => {
      atCall = (number) => {
        if (number === middle) child.kill('SIGKILL');
      };
    });
    expect(killed.code).toBeNull();
    expect((await deployProcess()).code).toBe(0);
    expect(comparable(cloud.state)).toEqual(right);
    expect(comparable(loadState(join(folder, 'cloud.json')))).toEqual(right);
  });
});

describe('the commands', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-stages-'));
  const { variables } = partsOf({ variables: { PUSH_TOKEN: 'CanaryOfTheToken' } });
  mkdirSync(join(folder, 'stages'));
  writeFileSync(join(folder, 'stages', 'test.yml'), STAGE_TEXT);
  const inOneLine = (value: string) => (value.includes('\n') ? Buffer.from(value).toString('base64') : value);
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${inOneLine(value)}`);
  writeFileSync(join(folder, '.env.test'), lines.join('\n'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('deploy --plan builds, asks the cloud, writes nothing, exits with 2, and tells no secret', async () => {
    const keys = { secretId: 'id', secretKey: 'key' };
    const cloud = new TencentCloud({ keys, now: Date.now });
    const served = await serveTencentCloud(cloud, 0);
    const env = {
      TENCENTCLOUD_SECRET_ID: keys.secretId,
      TENCENTCLOUD_SECRET_KEY: keys.secretKey,
      TENCENTCLOUD_ENDPOINT: served.url,
    };
    const { code, said } = await run('tools/deploy.ts', ['--stage', 'test', '--in', folder, '--plan'], env);
    await served.close();
    expect([code, said]).toEqual([2, expect.stringContaining('+ namespace zhike-test')]);
    const { units } = await readManifest();
    for (const { name } of units) expect(said).toContain(`+ ${name}: function`);
    expect(said).toContain('+ alarm zhike-test dead-tasks');
    expect(cloud.writes).toEqual([]);
    const { CONFIG_KEY = '', DATABASE_URL = '' } = variables;
    for (const secret of ['CanaryOfTheToken', CONFIG_KEY, DATABASE_URL]) expect(said).not.toContain(secret);
  });

  test('doctor --offline says what is wrong, in both languages, and exits with 1', async () => {
    const words = ['--stage', 'test', '--in', folder, '--offline'];
    const { code, said } = await run('tools/doctor.ts', words, { WECHAT_SECRET: 'short' });
    expect(code).toBe(1);
    expect(said).toMatch(
      /✗ 变量 WECHAT_SECRET 有问题：.*去哪里解决：[\s\S]*WECHAT_SECRET is wrong: .*Where: /,
    );
  });

  test('stage new asks, and writes both files once', async () => {
    const answers = ['', 'https://api.example.com', 'cert-1', 'zhike', 'vpc-1', 'subnet-1', 'logset-1', ''];
    const ours = ['wx0000000000000001', '1900000001', variables.WXPAY_MERCHANT_SERIAL, variables.MEDIA_HOST];
    const words = ['new', 'fresh', '--in', folder];
    const asked = await run('tools/stage.ts', words, {}, ({ stdin }) =>
      stdin?.end([...answers, ...ours, ''].join('\n')),
    );
    expect(asked).toMatchObject({ code: 0 });
    expect(readStage('fresh', folder)).toMatchObject({ url: 'https://api.example.com', notices: [] });
    expect(secretsOf('fresh', {}, folder).CONFIG_KEY).toMatch(/^.{43}=$/);
    expect((await run('tools/stage.ts', words)).code).toBe(1);
  });
});
