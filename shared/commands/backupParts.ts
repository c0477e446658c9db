/**
 * A backup as objects of a bucket: `backups/<name>/part-0001` and so on, which are the file cut into pieces, and
 * `backups/<name>/end`, which says how many there are. Without that one there is no backup.
 */
import * as z from 'zod';
import type { Objects } from './objects.ts';

/** The largest object. It is held in memory. */
const PART_BYTES_MAX = 8_000_000;

/** The name of a backup in the bucket. */
export const BackupName = z.string().regex(/^[0-9A-Za-z_-]{1,60}$/);

const End = z.strictObject({ parts: z.int().min(1), bytes: z.int() });

const partKey = (name: string, number: number) => `backups/${name}/part-${String(number).padStart(4, '0')}`;
const endKey = (name: string) => `backups/${name}/end`;

/** Cuts bytes into parts, and stores them as they come. Returns what the bytes return. */
export async function storeParts<T>(
  objects: Objects,
  name: string,
  bytes: AsyncGenerator<Uint8Array, T>,
): Promise<T> {
  let held: Uint8Array[] = [];
  let size = 0;
  let parts = 0;
  let all = 0;
  const store = async () => {
    parts += 1;
    all += size;
    await objects.put(partKey(name, parts), Buffer.concat(held));
    held = [];
    size = 0;
  };
  for (;;) {
    const next = await bytes.next();
    if (size > 0 && (next.done === true || size + next.value.length > PART_BYTES_MAX)) await store();
    if (next.done === true) {
      await endParts(objects, name, { parts, bytes: all });
      return next.value;
    }
    held.push(next.value);
    size += next.value.length;
  }
}

/** Says that all parts are there. */
async function endParts(objects: Objects, name: string, end: z.infer<typeof End>): Promise<void> {
  await objects.put(endKey(name), Buffer.from(JSON.stringify(end)));
}

/** Whether a backup is complete. */
export async function hasParts(objects: Objects, name: string): Promise<boolean> {
  return (await objects.get(endKey(name))) !== null;
}

/** The bytes of a backup, one part in memory at a time. @throws a plain Error when one is missing */
export async function* readParts(objects: Objects, name: string): AsyncGenerator<Uint8Array> {
  const end = await objects.get(endKey(name));
  if (end === null) throw new Error(`there is no complete backup ${name} in the bucket`);
  const { parts } = End.parse(JSON.parse(Buffer.from(end).toString('utf8')));
  for (let number = 1; number <= parts; number += 1) {
    const part = await objects.get(partKey(name, number));
    if (part === null) throw new Error(`part ${number} of the backup ${name} is missing`);
    yield part;
  }
}
