import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { TencentCloud } from '../../local/simulators/tencent/cloud.ts';
import type { CloudFault } from '../../local/simulators/tencent/faults.ts';
import { serveTencentCloud } from '../../local/simulators/tencent/serve.ts';
import { emptyState } from '../../local/simulators/tencent/state.ts';
import { type Cloud, CloudError, tencentCloud } from '../../tools/deploy/cloud.ts';

const keys = { secretId: 'AKIDtest', secretKey: randomBytes(16).toString('hex') };
const ZipFile = Buffer.from(zipSync({ 'index.js': Buffer.from('exports.main_handler = 1') })).toString(
  'base64',
);
const created = (FunctionName: string) =>
  ({
    FunctionName,
    Namespace: 'default',
    Code: { ZipFile },
    Handler: 'index.main_handler',
    Runtime: 'Nodejs20.19',
    MemorySize: 256,
  }) as const;

describe('the simulated cloud, by the vendor’s SDK', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-cloud-'));
  const file = join(folder, 'state.json');
  let fault: CloudFault | null = null;
  const cloud = new TencentCloud({ keys, now: Date.now, file, polls: 2, fault: () => fault });
  let served: Awaited<ReturnType<typeof serveTencentCloud>>;
  let asked: Cloud;
  const access = { ...keys, token: null, region: 'ap-guangzhou' };

  beforeAll(async () => {
    served = await serveTencentCloud(cloud, 0);
    asked = tencentCloud({ ...access, endpoint: served.url });
  });
  afterAll(async () => {
    await served.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    fault = null;
    cloud.state = emptyState();
  });

  const codeOf = (deed: Promise<unknown>) =>
    deed.then(
      () => 'done',
      (caught: unknown) => (caught instanceof CloudError ? caught.code || 'no answer' : String(caught)),
    );
  const create = (name: string, more: object = {}) =>
    asked.ask('scf', 'CreateFunction', { ...created(name), ...more });
  const get = (FunctionName: string) =>
    asked.ask('scf', 'GetFunction', { FunctionName, Namespace: 'default' });

  test('a signature of another key, or of another secret, is refused', async () => {
    const other = tencentCloud({ ...access, secretKey: 'another', endpoint: served.url });
    const stranger = tencentCloud({ ...access, secretId: 'AKIDother', endpoint: served.url });
    expect(await codeOf(other.ask('scf', 'ListNamespaces', {}))).toBe('AuthFailure.SignatureFailure');
    expect(await codeOf(stranger.ask('scf', 'ListNamespaces', {}))).toBe('AuthFailure.SecretIdNotFound');
    expect(await codeOf(asked.ask('scf', 'ListNamespaces', {}))).toBe('done');
  });

  test('a request whose body was changed on its way is refused', () => {
    const signature = createHmac('sha256', 'no key').update('').digest('hex');
    const headers = {
      authorization: `TC3-HMAC-SHA256 Credential=${keys.secretId}/2026-11-30/scf/tc3_request, SignedHeaders=content-type;host, Signature=${signature}`,
      'x-tc-timestamp': String(Math.floor(Date.now() / 1000)),
      'x-tc-version': '2018-04-16',
      'x-tc-action': 'ListNamespaces',
    };
    const answer = cloud.handle({ method: 'POST', path: '/', headers, body: Buffer.from('{}') });
    expect(Buffer.from(answer?.body ?? '').toString('utf8')).toContain('AuthFailure.SignatureFailure');
  });

  test('a change takes some polls, and until then another one is refused', async () => {
    await create('api');
    const again = () => asked.ask('scf', 'PublishVersion', { FunctionName: 'api', Namespace: 'default' });
    expect(await codeOf(again())).toBe('FailedOperation.FunctionStatusError');
    expect((await get('api')).Status).toBe('Creating');
    expect((await get('api')).Status).toBe('Active');
    expect((await again()).FunctionVersion).toBe('1');
  });

  test('the limits of the platform are kept', async () => {
    expect(await codeOf(create('odd', { MemorySize: 200 }))).toBe('InvalidParameterValue.MemorySize');
    expect(await codeOf(create('slow', { Timeout: 901 }))).toBe('InvalidParameterValue');
    expect(await codeOf(create('1st'))).toBe('InvalidParameterValue');
    expect(await codeOf(create('old', { Runtime: 'Nodejs22' }))).toBe('InvalidParameterValue.Runtime');
    const Variables = [{ Key: 'LARGE', Value: 'x'.repeat(4096) }];
    expect(await codeOf(create('large', { Environment: { Variables } }))).toBe(
      'InvalidParameterValue.EnvironmentExceededLimit',
    );
    expect(await codeOf(create('strange', { Colour: 'red' }))).toBe('UnknownParameter');
    expect(await codeOf(create('same'))).toBe('done');
    expect(await codeOf(create('same'))).toBe('ResourceInUse.Function');
    expect(await codeOf(get('none'))).toBe('ResourceNotFound.FunctionName');
  });

  test('a function has ten triggers of a kind, and a timer’s description comes back as JSON', async () => {
    await create('minute');
    await get('minute');
    await get('minute');
    const add = (TriggerName: string, Type = 'timer') =>
      asked.ask('scf', 'CreateTrigger', {
        FunctionName: 'minute',
        Namespace: 'default',
        TriggerName,
        Type,
        TriggerDesc: '0 */5 * * * * *',
        Enable: 'OPEN',
      });
    for (let at = 0; at < 10; at += 1) await add(`timer${at}`);
    expect(await codeOf(add('eleventh'))).toBe('LimitExceeded.Trigger');
    expect(await codeOf(add('topic', 'cmq'))).toBe('UnsupportedOperation.TriggerType');
    const { Triggers = [] } = await asked.ask('scf', 'ListTriggers', {
      FunctionName: 'minute',
      Namespace: 'default',
    });
    expect(Triggers[0]).toMatchObject({ TriggerDesc: '{"cron":"0 */5 * * * * *"}', Enable: 1 });
  });

  test.each([
    ['refuse', 'InternalError', false],
    ['before', 'no answer', false],
    ['after', 'no answer', true],
    ['throttle', 'RequestLimitExceeded', false],
  ] as const)('fault %s is seen as %s', async (name, code, isDone) => {
    fault = name;
    expect(await codeOf(create('api'))).toBe(code);
    fault = null;
    expect(await codeOf(get('api'))).toBe(isDone ? 'done' : 'ResourceNotFound.FunctionName');
  });

  test('a stale read answers what stood before the last write, and changes nothing', async () => {
    await create('api');
    fault = 'stale';
    expect(await codeOf(get('api'))).toBe('ResourceNotFound.FunctionName');
    fault = null;
    expect((await get('api')).Status).toBe('Creating');
  });

  test('work that fails says so when it is asked about, with the reason', async () => {
    fault = 'fail';
    await create('api');
    fault = null;
    await get('api');
    expect(await get('api')).toMatchObject({
      Status: 'CreateFailed',
      StatusReasons: [{ ErrorMessage: 'the platform could not load the code' }],
    });
  });

  test('what is in it is on disk, for another process', async () => {
    await create('api');
    const next = new TencentCloud({ keys, now: Date.now, file });
    expect(next.state).toEqual(cloud.state);
    expect(Object.keys(next.state.functions)).toEqual(['default/api']);
  });
});
