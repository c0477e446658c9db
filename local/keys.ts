/**
 * The secrets of a laptop's stack: made at random at the first start and kept in its data folder. They are valid
 * nowhere else.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSimulatorKeys, type SimulatorKeys, xpayKeysOf } from './simulators/keys.ts';

/** All keys of one stack, the product's and the simulators'. */
export interface LocalKeys {
  /** 32 bytes in base64: the key for sealed fields. */
  readonly secretsKey: string;
  /** 32 bytes in base64: the key that signs media links. */
  readonly filesKey: string;
  readonly simulators: SimulatorKeys;
}

/**
 * Reads the folder's keys, and makes them when it has none. The file is readable by its owner only. The keys of the
 * simulators take long to make, so a test may give some that it has.
 */
export async function openKeys(dataDir: string, makeSimulators = makeSimulatorKeys): Promise<LocalKeys> {
  const file = join(dataDir, 'keys.json');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const text = await readFile(file, 'utf8').catch(unless('ENOENT'));
  if (text !== null) return keysOf(text);
  const keys: LocalKeys = {
    secretsKey: randomBytes(32).toString('base64'),
    filesKey: randomBytes(32).toString('base64'),
    simulators: makeSimulators(),
  };
  // The file is linked once it is complete, so a start that is cut off leaves no half file. Of two starts at the same
  // time, the first one's keys count.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(keys), { mode: 0o600, flush: true });
  await link(draft, file).catch(unless('EEXIST'));
  await unlink(draft);
  return keysOf(await readFile(file, 'utf8'));
}

/**
 * Parses the keys of a file. A file from before virtual payment lacks those keys; they are derived from the keys it
 * has.
 */
function keysOf(text: string): LocalKeys {
  const kept = JSON.parse(text) as LocalKeys;
  return { ...kept, simulators: { ...xpayKeysOf(kept.simulators.appSecret), ...kept.simulators } };
}

/** A `catch` handler: answers null for this error code, and throws any other error again. */
function unless(code: string): (caught: NodeJS.ErrnoException) => null {
  return (caught) => {
    if (caught.code === code) return null;
    throw caught;
  };
}
