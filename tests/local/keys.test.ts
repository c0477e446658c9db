import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeys } from '../../local/keys.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zhike-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('two stacks that start first on one folder have the same keys, and so has the next', async () => {
  const [one, other] = await Promise.all([openKeys(folder), openKeys(folder)]);
  expect(other).toEqual(one);
  expect(await openKeys(folder)).toEqual(one);
  expect(await readdir(folder)).toEqual(['keys.json']);
});

test('only the owner may read them', async () => {
  await openKeys(folder);
  expect((await stat(join(folder, 'keys.json'))).mode & 0o777).toBe(0o600);
});

test('a folder that is older than virtual payment gets its keys, the same ones at each start', async () => {
  const now = await openKeys(folder);
  const file = join(folder, 'keys.json');
  const kept = JSON.parse(await readFile(file, 'utf8'));
  for (const name of ['xpayOfferId', 'xpayAppKey', 'xpaySandboxAppKey', 'pushToken', 'pushAesKey'])
    delete kept.simulators[name];
  await writeFile(file, JSON.stringify(kept));
  expect(await openKeys(folder)).toEqual(now);
});

test('the keys of virtual payment and of the push have the form that WeChat gives them', async () => {
  const { simulators } = await openKeys(folder);
  expect(simulators.xpayOfferId).toMatch(/^[0-9]{10}$/);
  expect(simulators.xpayAppKey).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(simulators.xpaySandboxAppKey).not.toBe(simulators.xpayAppKey);
  expect(simulators.pushAesKey).toMatch(/^[A-Za-z0-9]{43}$/);
  expect(Buffer.from(`${simulators.pushAesKey}=`, 'base64')).toHaveLength(32);
});
