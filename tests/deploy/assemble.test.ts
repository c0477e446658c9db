import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, unzipSync } from 'fflate';
import { openConfig } from '../../shared/adapters/process/sealed.ts';
import { VARIABLES } from '../../shared/adapters/process/variables.ts';
import { alarms } from '../../tools/alarms.ts';
import { assemble, builtFiles, zipOf } from '../../tools/deploy/assemble.ts';
import { alarmsOf } from '../../tools/deploy/logs.ts';
import { parseStage, SECRET_NAMES, secretsOf, variablesOf } from '../../tools/deploy/stageFile.ts';
import { readManifest } from '../../tools/manifest.ts';
import { partsOf, STAGE_TEXT } from './support/parts.ts';
import { stageOf } from './support/stage.ts';

describe('a zip', () => {
  const files = { 'index.js': strToU8('exports.one = 1'), scf_bootstrap: strToU8('#!/bin/bash\n') };

  test('is the same bytes for the same files, in whatever order they come and whatever the clock says', () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(0);
    const once = zipOf(files);
    clock.mockReturnValue(1e12);
    expect(Buffer.from(zipOf(Object.fromEntries(Object.entries(files).reverse())))).toEqual(
      Buffer.from(once),
    );
    clock.mockRestore();
    expect(Object.keys(unzipSync(once))).toEqual(['index.js', 'scf_bootstrap']);
  });

  test('has what starts a web function as a program, and everything else as a text', () => {
    const bytes = Buffer.from(zipOf(files));
    const modes: Record<string, string> = {};
    for (let at = bytes.indexOf('PK\x01\x02'); at !== -1; at = bytes.indexOf('PK\x01\x02', at + 4)) {
      const name = bytes.subarray(at + 46, at + 46 + bytes.readUInt16LE(at + 28)).toString();
      modes[name] = (bytes.readUInt32LE(at + 38) >>> 16).toString(8);
    }
    expect(modes).toEqual({ 'index.js': '100644', scf_bootstrap: '100755' });
  });

  test('holds what was built, without source maps', () => {
    const dist = mkdtempSync(join(tmpdir(), 'zhike-dist-'));
    mkdirSync(join(dist, 'api'));
    for (const name of ['index.js', 'index.js.map']) writeFileSync(join(dist, 'api', name), name);
    expect(Object.keys(builtFiles(dist)('api'))).toEqual(['index.js']);
    expect(() => builtFiles(dist)('pay')).toThrow('npm run build');
    rmSync(dist, { recursive: true });
  });
});

describe('what shall be', () => {
  test('has a unit’s variables sealed in its zip, and only the stage and the key outside', () => {
    const parts = partsOf();
    const desired = assemble(parts);
    const api = desired.units.find(({ name }) => name === 'api');
    expect(Object.keys(api?.environment ?? {}).sort()).toEqual(['CONFIG_KEY', 'STAGE']);
    const sealed = unzipSync(api?.zip ?? new Uint8Array())['config.sealed'] ?? new Uint8Array();
    const opened = openConfig(sealed, { key: parts.variables.CONFIG_KEY ?? '', stage: 'test', unit: 'api' });
    expect(opened).toMatchObject({
      BUS: 'invoke',
      DATABASE_CONNECTIONS: '4',
      DATABASE_URL: parts.variables.DATABASE_URL,
      WXPAY_NOTIFY_URL: 'https://api.example.com/api/pay/notify',
    });
    for (const name of SECRET_NAMES) expect([name, name in opened]).toEqual([name, name === 'DATABASE_URL']);
    const { SECRETS_KEY = '' } = parts.variables;
    expect(SECRETS_KEY).not.toBe('');
  });

  test('is another release when code, a variable or a size changes, and the same one when a trigger does', () => {
    const hash = (changes: Parameters<typeof partsOf>[0]) => assemble(partsOf(changes)).release.hash;
    const units = partsOf().units;
    const right = hash({});
    expect(hash({})).toBe(right);
    expect(hash({ variables: { SELLING: '{ }' } })).not.toBe(right);
    expect(hash({ units: units.map((unit) => ({ ...unit, memoryMb: 1024 })) })).not.toBe(right);
    expect(
      assemble({ ...partsOf(), filesOf: () => ({ 'index.js': strToU8('other') }) }).release.hash,
    ).not.toBe(right);
    expect(hash({ units: units.map((unit) => ({ ...unit, triggers: [], reservedInstances: 1 })) })).toBe(
      right,
    );
  });

  test.each([
    ['invoke', [], [], ['/api/pay/*', '/*'], 'HTTPS'],
    ['cmq', ['order-paid', 'user-came'], [], ['/api/pay/*', '/*'], 'HTTPS'],
    [
      'push',
      ['order-paid', 'user-came'],
      ['grant', 'accrue', 'welcome'],
      ['/bus/*', '/api/pay/*', '/*'],
      'HTTP&HTTPS',
    ],
  ])('BUS=%s has its topics, subscriptions and doors', (bus, topics, pushed, paths, protocol) => {
    const key = 'k'.repeat(32);
    const desired = assemble(partsOf({ variables: { BUS: bus, BUS_PUSH_KEY: key } }));
    expect(desired.topics).toEqual(topics);
    expect(desired.subscriptions.map(({ name }) => name)).toEqual(pushed);
    for (const { endpoint, name } of desired.subscriptions)
      expect(endpoint).toBe(`http://api.example.com/bus/${key}/${name}`);
    expect(desired.domain.paths.map(({ path }) => path)).toEqual(paths);
    expect(desired.domain.protocol).toBe(protocol);
    const events = desired.units.find(({ name }) => name === 'events')?.triggers ?? [];
    const rung = bus === 'cmq' ? topics.map((name) => ({ type: 'cmq', name })) : [];
    expect(events).toEqual(bus === 'push' ? [{ type: 'http', name: 'url' }] : rung);
  });
});

describe('the shop as it is', () => {
  test.each(['invoke', 'push'])(
    'with BUS=%s fits into the cloud, and a further run writes nothing',
    async (bus) => {
      const { units } = await readManifest();
      const given = { variables: { BUS: bus, BUS_PUSH_KEY: 'k'.repeat(32) }, units };
      const desired = assemble({ ...partsOf(given), alarms: alarmsOf('test') });
      const stage = stageOf();
      expect(await stage.deploy(desired)).toBe(0);
      expect(Object.keys(stage.fake.state.functions)).toEqual(units.map(({ name }) => `zhike-test/${name}`));
      expect(Object.keys(stage.fake.state.alarms).length).toBe(alarms.length);
      const writes = stage.fake.writes.length;
      expect(await stage.deploy(desired)).toBe(0);
      expect(stage.fake.writes.length).toBe(writes);
    },
  );
});

describe('a stage file', () => {
  test('with a secret in it is refused, and so are an unknown variable and an unknown field', () => {
    for (const name of SECRET_NAMES)
      expect(() => parseStage('test', `${STAGE_TEXT}variables: { ${name}: x }`)).toThrow(
        `${name} is a secret`,
      );
    expect(() => parseStage('test', `${STAGE_TEXT}variables: { WECHAT_APPIDS: x }`)).toThrow('WECHAT_APPIDS');
    expect(() => parseStage('test', `${STAGE_TEXT}colour: red`)).toThrow('colour');
    expect(() => parseStage('test', STAGE_TEXT.replace('https:', 'http:'))).toThrow('https://');
  });

  test('every variable that is a secret by its name is known as one', () => {
    const named = Object.keys(VARIABLES).filter((name) =>
      /(SECRET|_KEY|TOKEN|DATABASE_URL|CACHE_URL)$/.test(name),
    );
    const open = ['WXPAY_PUBLIC_KEY'];
    expect(named.filter((name) => !open.includes(name)).sort()).toEqual([...SECRET_NAMES].sort());
  });

  test('secrets come from the environment, then from the stage’s own file, and nothing else of the environment counts', () => {
    const root = mkdtempSync(join(tmpdir(), 'zhike-stage-'));
    writeFileSync(join(root, '.env.test'), 'PUSH_TOKEN=kept\nWECHAT_SECRET=kept\nMEDIA_HOST=kept\n');
    const secrets = secretsOf('test', { PUSH_TOKEN: 'given', SELLING: 'of a laptop' }, root);
    rmSync(root, { recursive: true });
    expect(secrets).toMatchObject({ PUSH_TOKEN: 'given', WECHAT_SECRET: 'kept', MEDIA_HOST: 'kept' });
    const variables = variablesOf(parseStage('test', STAGE_TEXT), {
      ...secrets,
      TENCENTCLOUD_SECRET_KEY: 'deployer',
    });
    expect(variables).toMatchObject({ PUSH_TOKEN: 'given', STAGE: 'test', BUS: 'invoke' });
    expect(variables).not.toHaveProperty('SELLING');
    expect(Object.values(variables)).not.toContain('deployer');
  });
});

describe('secrets', () => {
  /** A value of a secret's own form, that nothing else holds. */
  const canaries: Readonly<Record<string, string>> = {
    DATABASE_URL: 'mysql://shop:canary-database@10.0.0.5:3306/shop',
    CACHE_URL: 'redis://:canary-cache@10.0.0.6:6379/0',
    WECHAT_SECRET: 'ca7a7ca7a7ca7a7ca7a7ca7a7ca7a7ca',
    WXPAY_API_V3_KEY: 'CanaryOfTheApiV3KeyCanaryOfTheAp',
    XPAY_APP_KEY: 'canary-of-virtual-payment',
    PUSH_TOKEN: 'CanaryOfTheToken',
    PUSH_AES_KEY: 'CanaryOfTheAesKeyCanaryOfTheAesKeyCanaryOfT',
    BUS_PUSH_KEY: 'canary-of-the-push-key-canary-of-the-push-key',
  };

  test('are in no line that is told and in no request but sealed, and CONFIG_KEY only in the environment', async () => {
    const parts = partsOf({ variables: canaries });
    const stage = stageOf();
    const desired = assemble(parts);
    await stage.deploy(desired, { isPlanOnly: true });
    await stage.deploy(desired);
    await stage.deploy(assemble(partsOf({ variables: { ...canaries, PUSH_TOKEN: 'CanaryOfTheToken2' } })));
    await stage.rollback(desired);
    const { CONFIG_KEY = '', SECRETS_KEY = '', WXPAY_PRIVATE_KEY = '' } = parts.variables;
    const hidden = [
      ...Object.values(canaries),
      'canary-database',
      SECRETS_KEY,
      WXPAY_PRIVATE_KEY.slice(40, 80),
    ];
    const told = stage.lines().join('\n');
    const sent = stage.fake.calls.map(({ params }) => {
      const { Code, ZipFile, ...rest } = params as { Code?: { ZipFile: string }; ZipFile?: string };
      const zip = Code?.ZipFile ?? ZipFile;
      const files = zip === undefined ? [] : Object.values(unzipSync(Buffer.from(zip, 'base64')));
      return [JSON.stringify(rest), ...files.map((file) => Buffer.from(file).toString('latin1'))].join('\n');
    });
    const kept = JSON.stringify(stage.fake.state);
    expect(sent.filter((text) => text.includes('config')).length).toBeGreaterThan(0);
    for (const secret of hidden) {
      expect([secret, told.includes(secret)]).toEqual([secret, false]);
      expect([secret, sent.some((text) => text.includes(secret))]).toEqual([secret, false]);
      expect([secret, kept.includes(secret)]).toEqual([secret, false]);
    }
    expect(told).not.toContain(CONFIG_KEY);
    const withKey = stage.fake.calls.filter(({ params }) => JSON.stringify(params).includes(CONFIG_KEY));
    expect(new Set(withKey.map(({ action }) => action))).toEqual(
      new Set(['CreateFunction', 'UpdateFunctionConfiguration']),
    );
  });
});
