/** The collections of checks of pictures and sounds, and of the platform's numbers for them. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { MediaCheck, MediaTrace } from '../../schemas/review/mediaCheck.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Found by what they are about, and listed by age. */
export const collection = defineCollection({
  name: 'mediaChecks',
  schema: MediaCheck,
  version: 1,
  indexes: { byTime: { fields: ['createdAtMs'] } },
});

/** Found by the platform's trace id, and listed by age. */
export const traces = defineCollection({
  name: 'mediaTraces',
  schema: MediaTrace,
  version: 1,
  indexes: { byTime: { fields: ['createdAtMs'] } },
});

/** What a check is about. */
export type CheckedFile = Pick<MediaCheck, 'target' | 'version' | 'uploadId'>;

/** The id of a check. */
export function checkId({ target, version, uploadId }: CheckedFile): string {
  return `${target}:${version}:${uploadId}`;
}

/** The check, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<MediaCheck | null> {
  return reader.find(collection, id);
}

/** Stores a change of the check of a file, which begins here when there is none. */
export async function change(
  tx: Tx,
  file: CheckedFile,
  to: (before: MediaCheck) => MediaCheck,
  now: TimeMs,
): Promise<void> {
  const id = checkId(file);
  const before = await find(tx, id);
  const none = { asked: 0, askedAtMs: null, fetched: [], createdAtMs: now };
  await store(tx, collection, before, to(before ?? { id, ...file, ...none }));
}

/** The check that a verdict of the platform is about, and whether it fetched the file for it; null for none. */
export async function ofTrace(
  reader: Pick<Reader, 'find'>,
  traceId: string,
): Promise<{ readonly check: MediaCheck; readonly isFetched: boolean } | null> {
  const trace = await reader.find(traces, traceId);
  const check = trace === null ? null : await find(reader, trace.checkId);
  if (trace === null || check === null) return null;
  return { check, isFetched: check.fetched.includes(trace.question) };
}

/** Stores which check the platform's verdict will be about. Safe to repeat. */
export async function insertTrace(tx: Tx, trace: MediaTrace): Promise<void> {
  if ((await tx.find(traces, trace.id)) === null) await tx.insert(traces, trace);
}

/** All checks that began before a moment. */
export function before(reader: Reader, atMs: TimeMs): AsyncGenerator<MediaCheck> {
  const range = { field: 'createdAtMs', below: atMs };
  return all(reader, collection, { index: 'byTime', where: {}, range, order: 'ascending', limit: 500 });
}

/** All of the platform's numbers from before a moment. */
export function tracesBefore(reader: Reader, atMs: TimeMs): AsyncGenerator<MediaTrace> {
  const range = { field: 'createdAtMs', below: atMs };
  return all(reader, traces, { index: 'byTime', where: {}, range, order: 'ascending', limit: 500 });
}
