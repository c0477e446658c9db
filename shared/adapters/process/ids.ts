/** Ids and random numbers from the operating system's generator. */
import { randomFillSync } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';

/** Crockford's base 32: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const CHANCE_CHARACTERS = 16;
const POOL_BYTES = 4096;

/** Fills a buffer with random bytes. */
export type Fill = (bytes: Buffer) => void;

/**
 * A pool of random bytes, fetched many at a time, because one system call for each id would cost more than the id.
 */
class Pool {
  readonly #bytes = Buffer.alloc(POOL_BYTES);
  readonly #fill: Fill;
  #used = POOL_BYTES;

  constructor(fill: Fill) {
    this.#fill = fill;
  }

  take(count: number): Buffer {
    if (count > POOL_BYTES) throw new RangeError(`at most ${POOL_BYTES} random bytes at once`);
    if (this.#used + count > POOL_BYTES) {
      this.#fill(this.#bytes);
      this.#used = 0;
    }
    // The bytes are copied and then erased, so that a secret that was handed out is stored nowhere else.
    const taken = Buffer.from(this.#bytes.subarray(this.#used, this.#used + count));
    this.#bytes.fill(0, this.#used, this.#used + count);
    this.#used += count;
    return taken;
  }
}

function encodeTime(atMs: number): string {
  let rest = atMs;
  let text = '';
  for (let index = 0; index < TIME_CHARACTERS; index += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Adds one to the random part, in place. True when it overflowed to zero. */
function increment(digits: Uint8Array): boolean {
  for (let index = digits.length - 1; index >= 0; index -= 1) {
    const next = (digits[index] ?? 0) + 1;
    digits[index] = next % 32;
    if (next < 32) return false;
  }
  return true;
}

/** Ids with the system's random numbers. */
export function systemIds(clock: Clock): Ids {
  return idsFrom(clock, (bytes) => randomFillSync(bytes));
}

/**
 * ULIDs: ten characters of time, sixteen random ones. Within a millisecond, or when the clock steps back, the last
 * id is incremented, so the ids of one process always rise.
 */
export function idsFrom(clock: Clock, fill: Fill): Ids {
  const pool = new Pool(fill);
  let lastMs = -1;
  let time = '';
  let digits = new Uint8Array(CHANCE_CHARACTERS);

  function startAt(atMs: number): void {
    lastMs = atMs;
    time = encodeTime(atMs);
    digits = Uint8Array.from(pool.take(CHANCE_CHARACTERS), (byte) => byte % 32);
  }

  return {
    make: (prefix) => {
      const now = clock.now();
      if (now > lastMs) startAt(now);
      else if (increment(digits)) startAt(lastMs + 1);
      let chance = '';
      for (const digit of digits) chance += ALPHABET.charAt(digit);
      return `${prefix}_${time}${chance}`;
    },
    secret: (bytes) => pool.take(bytes).toString('base64url'),
    random: () => pool.take(6).readUIntBE(0, 6) / 2 ** 48,
  };
}
