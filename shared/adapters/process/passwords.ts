/** Password hashing with scrypt, the memory-hard function that Node includes. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import type { Passwords } from '../../ports/passwords.ts';
import { fairTurns } from './turns.ts';

/** The cost parameters: 128 · N · r bytes of memory, and `p` times that much work. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** One of the settings that OWASP considers equivalent: 32 MiB for each hash, three times. */
export const OWASP_COST: ScryptCost = { N: 2 ** 15, r: 8, p: 3 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** How many hashes are computed at once. Each takes 32 MiB, and the thread pool has other work too. */
const RUNNING_MAX = 2;
/**
 * How many hashes of each lane may wait: a few seconds of work. A caller beyond that is refused rather than kept
 * waiting.
 */
const WAITING_MAX = 32;
/** The most memory that a stored hash may ask for: 256 MiB. */
const MEMORY_BYTES_MAX = 256 * 1024 * 1024;

const STORED = /^scrypt\$([0-9]{1,3})\$([0-9]{1,3})\$([0-9]{1,3})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

function derive(password: string, salt: Buffer, { N, r, p }: ScryptCost): Promise<Buffer> {
  // Equal characters have equal hashes, even when two keyboards compose them differently (Unicode NFKC).
  const text = password.normalize('NFKC');
  const options: ScryptOptions = { N, r, p, maxmem: MEMORY_BYTES_MAX + 2 ** 20 };
  return new Promise((resolve, reject) => {
    scrypt(text, salt, HASH_BYTES, options, (error, derived) => {
      if (error === null) resolve(derived);
      else reject(error);
    });
  });
}

/**
 * Hashes at `cost`. Verifies at the cost stored in the hash, so the cost can be raised while old hashes stay valid.
 */
export function scryptPasswords(cost: ScryptCost = OWASP_COST): Passwords {
  const run = fairTurns({ runningMax: RUNNING_MAX, waitingMax: WAITING_MAX });
  return {
    hash: (password, work) =>
      run(work, async () => {
        const salt = randomBytes(SALT_BYTES);
        const hash = await derive(password, salt, cost);
        const parameters = `${Math.log2(cost.N)}$${cost.r}$${cost.p}`;
        return `scrypt$${parameters}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
      }),
    verify: (password, stored, work) =>
      run(work, async () => {
        const [, logN, r, p, salt = '', hash = ''] = STORED.exec(stored) ?? [];
        const own = { N: 2 ** Number(logN), r: Number(r), p: Number(p) };
        if (hash === '' || 128 * own.N * own.r > MEMORY_BYTES_MAX) return false;
        const derived = await derive(password, Buffer.from(salt, 'base64url'), own);
        return timingSafeEqual(derived, Buffer.from(hash, 'base64url'));
      }),
  };
}
