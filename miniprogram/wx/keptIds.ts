/** Ids of what is being created, kept in storage until there is an answer. So a repeated request creates once. */
import { newId } from './ids.ts';

const keyOf = (about: string) => `creating:${about}`;

/** The id that is kept for what `about` says; null when there is none. */
export function keptId(about: string): string | null {
  const found = wx.getStorageSync(keyOf(about));
  return typeof found === 'string' && found !== '' ? found : null;
}

/** Keeps an id. */
export function keepId(about: string, id: string): void {
  wx.setStorageSync(keyOf(about), id);
}

/** Forgets an id, because it was answered. */
export function forgetId(about: string): void {
  wx.removeStorageSync(keyOf(about));
}

/** The id that is kept, or a new one that is kept from now on. */
export async function idFor(
  prefix: 'rfd' | 'rdm' | 'nte' | 'cmt' | 'top' | 'fbk',
  about: string,
): Promise<string> {
  const before = keptId(about);
  if (before !== null) return before;
  const id = await newId(prefix);
  keepId(about, id);
  return id;
}
