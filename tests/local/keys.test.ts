import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
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
