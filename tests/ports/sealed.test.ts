import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CONFIG_FILE,
  openConfig,
  type Sealing,
  sealConfig,
  unitVariables,
} from '../../shared/adapters/process/sealed.ts';
import { SECRETS } from '../../shared/adapters/process/variables.ts';
import { production } from '../../shared/adapters/production.ts';
import { unitEnvironment } from '../support/unitEnvironment.ts';

const newKey = () => randomBytes(32).toString('base64');
const own: Sealing = { key: newKey(), stage: 'production', unit: 'pay' };
const canary = randomBytes(16).toString('hex');
const variables = { WECHAT_SECRET: canary, SELLING: '{"title":"课程"}', EMPTY: '' };

const message = (work: () => unknown): string => {
  try {
    work();
  } catch (caught) {
    return String(caught);
  }
  return 'it opened';
};

describe('a sealed configuration', () => {
  test('opens as it was sealed, and shows nothing of it', () => {
    const file = sealConfig(variables, own);
    expect(openConfig(file, own)).toEqual(variables);
    expect(Buffer.from(file).toString('latin1')).not.toMatch(/WECHAT|SELLING/);
    expect(Buffer.from(file).includes(canary)).toBe(false);
  });

  test('is the same bytes for the same variables in any order, and shares no nonce with any other', () => {
    const file = sealConfig(variables, own);
    const reversed = Object.fromEntries(Object.entries(variables).reverse());
    expect(Buffer.from(sealConfig(reversed, own)).equals(file)).toBe(true);
    const nonceOf = (bytes: Uint8Array) => Buffer.from(bytes.subarray(1, 13)).toString('hex');
    const others = [
      sealConfig({ ...variables, EMPTY: 'x' }, own),
      sealConfig(variables, { ...own, unit: 'api' }),
      sealConfig(variables, { ...own, stage: 'test' }),
      sealConfig(variables, { ...own, key: newKey() }),
    ];
    expect(new Set([file, ...others].map(nonceOf)).size).toBe(5);
  });

  test.each<[string, Partial<Sealing>]>([
    ['key', { key: newKey() }],
    ['stage', { stage: 'test' }],
    ['unit', { unit: 'api' }],
    ['stage and unit, together the same letters', { stage: 'productionp', unit: 'ay' }],
  ])('does not open for another %s, and says so without a secret', (_, other) => {
    const told = message(() => openConfig(sealConfig(variables, own), { ...own, ...other }));
    expect(told).toContain(`${CONFIG_FILE} does not open`);
    for (const secret of [canary, own.key, other.key ?? own.key]) expect(told).not.toContain(secret);
  });

  test('does not open when any one bit of it is changed, or a part is missing', () => {
    const file = sealConfig({ A: 'b' }, own);
    for (let bit = 0; bit < file.length * 8; bit += 1) {
      const changed = Uint8Array.from(file);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => openConfig(changed, own)).toThrow('does not open');
    }
    for (let length = 0; length < file.length; length += 1) {
      expect(() => openConfig(file.subarray(0, length), own)).toThrow('does not open');
    }
  });

  test('is not sealed under a key that is none', () => {
    for (const key of ['', 'short', randomBytes(31).toString('base64'), canary]) {
      const told = message(() => sealConfig(variables, { ...own, key }));
      expect(told).toMatch(/^Error: CONFIG_KEY is /);
      if (key !== '') expect(told).not.toContain(key);
    }
  });
});

describe('a unit', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zhike-sealed-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const beside = (sealing: Sealing = own) =>
    writeFileSync(join(folder, CONFIG_FILE), sealConfig(unitEnvironment(), sealing));
  const platform = { STAGE: own.stage, CONFIG_KEY: own.key, MEDIA_HOST: 'of-the-platform.example.com' };

  test('takes all of its variables from the file beside its bundle, and the stage from the platform', () => {
    beside();
    const ports = production(platform, { name: 'pay', folder, secrets: SECRETS, functions: {} })();
    expect(ports.rails.wxpay.merchant.merchantId).toBe('1900000001');
    expect(unitVariables(platform, 'pay', folder)).toMatchObject({
      STAGE: 'production',
      MEDIA_HOST: unitEnvironment().MEDIA_HOST,
    });
  });

  test('takes them from the environment where there is no file and no key', () => {
    const environment = unitEnvironment();
    expect(unitVariables(environment, 'pay', folder)).toBe(environment);
    expect(() =>
      production(environment, { name: 'pay', folder, secrets: SECRETS, functions: {} })(),
    ).not.toThrow();
  });

  test('does not start with a file of another unit, stage or key', () => {
    for (const other of [{ unit: 'api' }, { stage: 'test' }, { key: newKey() }]) {
      beside({ ...own, ...other });
      expect(production(platform, { name: 'pay', folder, secrets: SECRETS, functions: {} })).toThrow(
        `${CONFIG_FILE} does not open`,
      );
    }
  });

  test('does not start with a file and no key, a key and no file, a file and no stage, or a key that is none', () => {
    const start = (environment: Readonly<Record<string, string>>) =>
      message(production(environment, { name: 'pay', folder, secrets: SECRETS, functions: {} }));
    expect(start(platform)).toBe(`Error: CONFIG_KEY is set, and there is no ${CONFIG_FILE} beside the unit`);
    beside();
    expect(start({ STAGE: own.stage })).toBe(`Error: ${CONFIG_FILE} is there, and CONFIG_KEY is not set`);
    expect(start({ CONFIG_KEY: own.key })).toBe(`Error: ${CONFIG_FILE} is there, and STAGE is not set`);
    expect(start({ ...platform, CONFIG_KEY: canary })).toMatch(
      /^Error: CONFIG_KEY is wrong: it is not 32 bytes/,
    );
  });
});
