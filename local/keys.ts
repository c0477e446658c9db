/** The secrets of a laptop's stack: made by chance at the first start, kept in its data folder, of no use anywhere else. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSimulatorKeys, type SimulatorKeys } from './simulators/keys.ts';

/** All keys of one stack, the product's and the simulators'. */
export interface LocalKeys {
  /** 32 bytes, base64: seals what is stored sealed. */
  readonly secretsKey: string;
  /** 32 bytes, base64: signs media links. */
  readonly filesKey: string;
  readonly simulators: SimulatorKeys;
}

/** The folder's keys, made when it has none. Only the owner of the folder may read them. */
export async function openKeys(dataDir: string): Promise<LocalKeys> {
  const file = join(dataDir, 'keys.json');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const text = await readFile(file, 'utf8').catch((caught: NodeJS.ErrnoException) => {
    if (caught.code === 'ENOENT') return null;
    throw caught;
  });
  if (text !== null) return JSON.parse(text) as LocalKeys;
  const keys: LocalKeys = {
    secretsKey: randomBytes(32).toString('base64'),
    filesKey: randomBytes(32).toString('base64'),
    simulators: makeSimulatorKeys(),
  };
  // Whole or not at all: a start that is cut off must not leave half a file behind.
  await writeFile(`${file}.new`, JSON.stringify(keys), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return keys;
}
