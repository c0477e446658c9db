/**
 * The seal around a backup: AES-256-GCM in chunks, so that neither side holds more than one of them in memory.
 *
 *   header  'zhike backup 1\n', the name of the key (8 bytes), a salt (32 bytes)
 *   chunk   4 bytes: its length, and in the highest bit whether it is the last; the sealed bytes; a tag (16 bytes)
 *
 * The key of a file is derived from the salt, so no two files share one. A chunk's nonce is its number and whether it
 * is the last, and every chunk authenticates the header. So a file that is cut off, put together in another order,
 * lengthened or changed anywhere does not open.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const MAGIC = Buffer.from('zhike backup 1\n');
const NAME_BYTES = 8;
const SALT_BYTES = 32;
const HEADER_BYTES = MAGIC.length + NAME_BYTES + SALT_BYTES;
const TAG_BYTES = 16;
const LAST = 0x8000_0000;
/** The most bytes that one chunk seals. */
const CHUNK_BYTES = 1_048_576;
const CIPHER = 'aes-256-gcm';

const derived = (key: Buffer, salt: Uint8Array, use: string, bytes: number) =>
  Buffer.from(hkdfSync('sha256', key, salt, `zhike backup ${use}`, bytes));

/**
 * Reads a `BACKUP_KEY`: 32 bytes in base64.
 * @throws a plain Error that says how to make one, and nothing of the value
 */
export function backupKeyOf(text: string | undefined): Buffer {
  if (!text) throw new Error('BACKUP_KEY is not set. Make one, and keep it: openssl rand -base64 32');
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text))
    throw new Error('BACKUP_KEY is wrong: it is not 32 bytes in base64');
  return Buffer.from(text, 'base64');
}

/** What a chunk is sealed and opened with. */
function keyed(key: Buffer, header: Buffer, number: number, isLast: boolean) {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(number));
  nonce[11] = isLast ? 1 : 0;
  return [CIPHER, derived(key, header.subarray(-SALT_BYTES), 'file', 32), nonce] as const;
}

/** Seals a stream. */
export async function* seal(
  key: Buffer,
  bytes: AsyncIterable<Uint8Array>,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Buffer> {
  const name = derived(key, Buffer.alloc(0), 'key name', NAME_BYTES);
  const header = Buffer.concat([MAGIC, name, randomBytes(SALT_BYTES)]);
  yield header;
  let number = 0;
  const sealed = (plain: Buffer, isLast: boolean): Buffer => {
    const cipher = createCipheriv(...keyed(key, header, number, isLast)).setAAD(header);
    const length = Buffer.alloc(4);
    length.writeUInt32BE((isLast ? LAST : 0) + plain.length);
    number += 1;
    return Buffer.concat([length, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  };
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    held.push(piece);
    size += piece.length;
    if (size <= chunkBytes) continue;
    let plain = Buffer.concat(held);
    // What is held back may be the end.
    for (; plain.length > chunkBytes; plain = plain.subarray(chunkBytes)) {
      yield sealed(plain.subarray(0, chunkBytes), false);
    }
    held = [plain];
    size = plain.length;
  }
  yield sealed(Buffer.concat(held), true);
}

/** Hands out the bytes of a stream in the sizes that are asked for. */
class Pieces {
  readonly #bytes: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#bytes = bytes[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, or fewer at the end. */
  async take(count: number): Promise<Buffer> {
    const parts = [this.#held];
    let size = this.#held.length;
    while (size < count) {
      const next = await this.#bytes.next();
      if (next.done === true) break;
      parts.push(Buffer.from(next.value));
      size += next.value.length;
    }
    const all = Buffer.concat(parts);
    this.#held = all.subarray(count);
    return all.subarray(0, count);
  }

  async close(): Promise<void> {
    await this.#bytes.return?.();
  }
}

/**
 * Opens a sealed stream. Bytes are handed out only after their chunk was found authentic; that nothing is missing
 * after them is known only at the end.
 * @throws a plain Error that says what is wrong with it
 */
export async function* unseal(key: Buffer, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const pieces = new Pieces(bytes);
  try {
    const header = await pieces.take(HEADER_BYTES);
    if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('it is no backup of this product');
    if (header.length < HEADER_BYTES) throw new Error('the backup is cut off');
    const name = header.subarray(MAGIC.length, MAGIC.length + NAME_BYTES);
    if (!name.equals(derived(key, Buffer.alloc(0), 'key name', NAME_BYTES))) {
      throw new Error('the backup was sealed with another BACKUP_KEY');
    }
    for (let number = 0, isLast = false; !isLast; number += 1) {
      const length = await pieces.take(4);
      if (length.length < 4) throw new Error('the backup is cut off');
      const word = length.readUInt32BE();
      isLast = word >= LAST;
      const plainBytes = isLast ? word - LAST : word;
      if (plainBytes > CHUNK_BYTES) throw new Error('the backup was changed');
      const chunk = await pieces.take(plainBytes + TAG_BYTES);
      if (chunk.length < plainBytes + TAG_BYTES) throw new Error('the backup is cut off');
      yield opened(keyed(key, header, number, isLast), header, chunk);
    }
    if ((await pieces.take(1)).length > 0)
      throw new Error('the backup was changed: something follows its end');
  } finally {
    await pieces.close();
  }
}

function opened(given: ReturnType<typeof keyed>, header: Buffer, chunk: Buffer): Buffer {
  const decipher = createDecipheriv(...given)
    .setAAD(header)
    .setAuthTag(chunk.subarray(-TAG_BYTES));
  const plain = decipher.update(chunk.subarray(0, -TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    throw new Error('the backup was changed, or a part of it is missing or in another place');
  }
}
