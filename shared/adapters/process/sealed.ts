/**
 * The sealed configuration of a deployed unit: its variables in a file beside its bundle, under AES-256-GCM. The
 * platform keeps 4 KB of environment for a function and shows it to everybody who may look at the function.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { derive } from './secrets.ts';
import { type Environment, readVariable } from './variables.ts';

/** The name of the file. It stands in the folder of the bundle. */
export const CONFIG_FILE = 'config.sealed';

/** Under what a configuration is sealed, and for whom. It opens for the same three only. */
export interface Sealing {
  /** `CONFIG_KEY`: 32 bytes in base64. */
  readonly key: string;
  readonly stage: string;
  readonly unit: string;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The first byte of a file, so that another format can be added. */
const VERSION = 1;

const dataOf = ({ stage, unit }: Sealing) => Buffer.from(JSON.stringify(['config', VERSION, stage, unit]));

const keysOf = ({ key }: Sealing) => {
  const bytes = Buffer.from(key, 'base64');
  return { sealing: derive(bytes, 'config'), naming: derive(bytes, 'config nonce') };
};

/**
 * Seals variables for one unit of one stage. The same ones under the same key make the same bytes, so a deployment
 * that changes nothing can see that. The nonce is a keyed digest of everything that is sealed: two different
 * configurations never share one.
 * @throws a plain Error when the key is not 32 bytes in base64
 */
export function sealConfig(variables: Readonly<Record<string, string>>, sealing: Sealing): Uint8Array {
  if (readVariable('CONFIG_KEY', { CONFIG_KEY: sealing.key }) === null)
    throw new Error('CONFIG_KEY is empty');
  const { sealing: key, naming } = keysOf(sealing);
  const data = dataOf(sealing);
  const sorted = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  const plain = Buffer.from(JSON.stringify(Object.fromEntries(sorted)));
  const digest = createHmac('sha256', naming).update(data).update('\0').update(plain).digest();
  const nonce = digest.subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(data);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), nonce, sealed, cipher.getAuthTag()]);
}

/**
 * Opens what `sealConfig` made.
 * @throws a plain Error, in words that hold no secret, when it was sealed otherwise or has been changed
 */
export function openConfig(file: Uint8Array, sealing: Sealing): Readonly<Record<string, string>> {
  const nonceEnd = 1 + NONCE_BYTES;
  try {
    if (file[0] !== VERSION || file.length < nonceEnd + TAG_BYTES) throw new Error('of another format');
    const decipher = createDecipheriv(ALGORITHM, keysOf(sealing).sealing, file.subarray(1, nonceEnd), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(dataOf(sealing))
      .setAuthTag(file.subarray(-TAG_BYTES));
    const plain = decipher.update(file.subarray(nonceEnd, -TAG_BYTES));
    return JSON.parse(Buffer.concat([plain, decipher.final()]).toString('utf8'));
  } catch {
    throw new Error(
      `${CONFIG_FILE} does not open: it is sealed under another CONFIG_KEY, for another stage than ${sealing.stage}, ` +
        `for another unit than ${sealing.unit}, or it is damaged`,
    );
  }
}

/**
 * The variables of a unit whose bundle is in `folder`: those that are sealed beside it, for the `STAGE` and under the
 * `CONFIG_KEY` that the platform's environment names. Without that file, the platform's environment itself, as in a
 * container.
 * @throws a plain Error, in words that hold no secret, when only one of file and key is there, or they do not fit
 */
export function unitVariables(platform: Environment, unit: string, folder: string): Environment {
  const key = readVariable('CONFIG_KEY', platform);
  const stage = readVariable('STAGE', platform);
  const file = join(folder, CONFIG_FILE);
  if (!existsSync(file)) {
    if (key === null) return platform;
    throw new Error(`CONFIG_KEY is set, and there is no ${CONFIG_FILE} beside the unit`);
  }
  if (key === null || stage === null) {
    throw new Error(`${CONFIG_FILE} is there, and ${key === null ? 'CONFIG_KEY' : 'STAGE'} is not set`);
  }
  return { ...openConfig(readFileSync(file), { key, stage, unit }), STAGE: stage };
}
