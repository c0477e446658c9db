/** Answers that are kept on the phone: shown at once, and read again when they are old. */
import { bytesOf, type Kept, withKept } from '../model/cache.ts';
import { session } from './session.ts';

/** Reads a thing. What is kept is shown meanwhile. */
export type Source<T> = (show: (kept: T) => void) => Promise<T>;

interface Entry {
  readonly atMs: number;
  readonly value: unknown;
}

const INDEX = 'kept';
const memory = new Map<string, Entry>();

const isEntry = (found: unknown): found is Entry =>
  typeof found === 'object' && found !== null && 'atMs' in found && 'value' in found;

/** A key says which build and whose it is, because an answer of another build may have another shape. */
const keyOf = (key: string) => `kept:${APP_VERSION}:${session()?.userId ?? 'guest'}:${key}`;

function index(): readonly Kept[] {
  const found = wx.getStorageSync(INDEX);
  return Array.isArray(found) ? found : [];
}

function find(key: string): Entry | null {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const found = wx.getStorageSync(key);
  return isEntry(found) ? found : null;
}

function keep(key: string, value: unknown): void {
  const entry = { atMs: Date.now(), value };
  memory.set(key, entry);
  const found = withKept(index(), { key, size: bytesOf(JSON.stringify(entry)), atMs: entry.atMs });
  for (const old of found.dropped) {
    memory.delete(old);
    wx.removeStorageSync(old);
  }
  if (!found.dropped.includes(key)) wx.setStorageSync(key, entry);
  wx.setStorageSync(INDEX, found.index);
}

/**
 * A source that shows what is kept under `key`, and asks `fetch` only when that is older than `ttlMs`. `T` is what
 * `fetch` answers in this build; a key has the build in it.
 */
export function cached<T>(key: string, ttlMs: number, fetch: () => Promise<T>): Source<T> {
  return async (show) => {
    const own = keyOf(key);
    const found = find(own);
    if (found !== null && Date.now() - found.atMs < ttlMs) return found.value as T;
    if (found !== null) show(found.value as T);
    const value = await fetch();
    // Whoever logged in or out meanwhile does not get it under their own name.
    if (keyOf(key) === own) keep(own, value);
    return value;
  };
}

/** Forgets every kept answer: at logout, and when a build finds what another one kept. */
export function forgetKept(): void {
  memory.clear();
  for (const { key } of index()) wx.removeStorageSync(key);
  wx.removeStorageSync(INDEX);
}

/** Forgets what other builds kept. `app.ts` calls this at launch. */
export function forgetOtherBuilds(): void {
  if (index().some(({ key }) => !key.startsWith(`kept:${APP_VERSION}:`))) forgetKept();
}
