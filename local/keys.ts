/** The secrets of a laptop's stack: made by chance at the first start, kept in its data folder, of no use anywhere else. */
import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSimulatorKeys, type SimulatorKeys, xpayKeysOf } from './simulators/keys.ts';

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
  const text = await readFile(file, 'utf8').catch(unless('ENOENT'));
  if (text !== null) return keysOf(text);
  const keys: LocalKeys = {
    secretsKey: randomBytes(32).toString('base64'),
    filesKey: randomBytes(32).toString('base64'),
    simulators: makeSimulatorKeys(),
  };
  // Whole or not at all: a start that is cut off must not leave half a file behind. Of two starts the first one counts.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(keys), { mode: 0o600, flush: true });
  await link(draft, file).catch(unless('EEXIST'));
  await unlink(draft);
  return keysOf(await readFile(file, 'utf8'));
}

/** The keys in a file. One that is older than virtual payment lacks its keys, which are made from those it has. */
function keysOf(text: string): LocalKeys {
  const kept = JSON.parse(text) as LocalKeys;
  return { ...kept, simulators: { ...xpayKeysOf(kept.simulators.appSecret), ...kept.simulators } };
}

/** Makes null of that failure, and throws any other. */
function unless(code: string): (caught: NodeJS.ErrnoException) => null {
  return (caught) => {
    if (caught.code === code) return null;
    throw caught;
  };
}
