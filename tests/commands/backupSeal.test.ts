import { randomBytes } from 'node:crypto';
import { backupKeyOf, seal, unseal } from '../../shared/commands/backupSeal.ts';

const key = randomBytes(32);
const CHUNK = 16;

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

const sealed = (plain: Buffer, size = 7) => whole(seal(key, pieces(plain, size), CHUNK));
const opened = (bytes: Buffer, size = 11, by = key) => whole(unseal(by, pieces(bytes, size)));

describe('the seal of a backup', () => {
  test('opens to what was sealed, in whatever pieces it comes', async () => {
    for (const length of [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK + 3]) {
      const plain = randomBytes(length);
      for (const size of [1, 7, CHUNK, 1_000]) {
        const file = await sealed(plain, size);
        expect(await opened(file, size)).toEqual(plain);
        expect(length > 8 && file.includes(plain.subarray(0, 8))).toBe(false);
      }
    }
  });

  test('two files of the same content have nothing in common but their beginning', async () => {
    const [one, other] = [await sealed(Buffer.alloc(CHUNK)), await sealed(Buffer.alloc(CHUNK))];
    expect(one.subarray(0, 23)).toEqual(other.subarray(0, 23));
    expect(one.subarray(23)).not.toEqual(other.subarray(23));
  });

  test('refuses a file that was cut off, at every byte', async () => {
    const file = await sealed(randomBytes(3 * CHUNK));
    for (let length = 0; length < file.length; length += 1) {
      await expect(opened(file.subarray(0, length))).rejects.toThrow(/is cut off|is no backup/);
    }
  });

  test('refuses a file of which any byte was changed', async () => {
    const file = await sealed(randomBytes(3 * CHUNK));
    for (let at = 0; at < file.length; at += 1) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(opened(changed)).rejects.toThrow(/was changed|is cut off|is no backup|another BACKUP_KEY/);
    }
  });

  test('refuses chunks that are left out, repeated, in another order, of another file, or too many', async () => {
    const plain = randomBytes(4 * CHUNK);
    const [file, other] = [await sealed(plain), await sealed(plain)];
    const header = 15 + 8 + 32;
    const frame = 4 + CHUNK + 16;
    const chunks = (of: Buffer) =>
      [0, 1, 2, 3].map((n) => of.subarray(header + n * frame, header + (n + 1) * frame));
    const [a, b, c, d] = chunks(file) as [Buffer, Buffer, Buffer, Buffer];
    const [, foreign] = chunks(other) as [Buffer, Buffer];
    const put = (...parts: Buffer[]) => opened(Buffer.concat([file.subarray(0, header), ...parts]));
    expect(await put(a, b, c, d)).toEqual(plain);
    for (const parts of [
      [a, c, d],
      [a, b, b, c, d],
      [b, a, c, d],
      [a, foreign, c, d],
      [d],
      [a, b, c, d, d],
      [a, b, c],
    ]) {
      await expect(put(...parts)).rejects.toThrow(/^the backup (was changed|is cut off)/);
    }
    await expect(
      opened(Buffer.concat([file.subarray(0, 23), other.subarray(23, header), a, b, c, d])),
    ).rejects.toThrow('the backup was changed');
  });

  test('names another key, and no key', async () => {
    const file = await sealed(Buffer.from('x'));
    await expect(opened(file, 11, randomBytes(32))).rejects.toThrow('sealed with another BACKUP_KEY');
    expect(backupKeyOf(key.toString('base64'))).toEqual(key);
    expect(() => backupKeyOf(undefined)).toThrow('openssl rand -base64 32');
    expect(() => backupKeyOf('hush')).toThrow(/^BACKUP_KEY is wrong: it is not 32 bytes in base64$/);
  });
});
