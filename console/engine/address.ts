/** The address of a page: where, and with which filters, find and pages. All that a list shows can be linked to. */
import type { Field } from './schema.ts';
import { momentOf, shanghaiDay } from './shanghai.ts';

/** Where the console stands. */
export const BASE = '/console';

/** A place in the console: its path without the base, as `/orders`, and what is asked there, by name. */
export interface Place {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Reads the path and the query of an address. */
export function placeOf(pathname: string, search: string): Place {
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  return {
    path: path.replace(/\/+$/, '') || '/',
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

/** The address of a place. Empty texts are left out. */
export function hrefOf(path: string, query: Place['query'] = {}): string {
  const given = Object.entries(query).filter(([, text]) => text !== '');
  const search = new URLSearchParams(given).toString();
  return `${BASE}${path}${search === '' ? '' : `?${search}`}`;
}

/** A place as `to` in the address of the login, and nothing but a place of the console. */
export function safeReturn(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])[^\\]*$/.test(to) && !to.startsWith('/login') ? to : '/';
}

const DAY_MS = 86_400_000;

/** The first moment of a day in Shanghai, as `2026-11-30`; null for anything else. */
export function dayStart(day: string): number | null {
  return momentOf(`${day}T00:00`);
}

/** How a filter is named and written in the address. Times are days; the last day counts whole. */
export function filterValue({ name, type }: Field, text: string): unknown {
  if (text === '') return undefined;
  if (!/^(Query)?TimeMs\??$/.test(type)) return text;
  const start = dayStart(text);
  if (start === null) return undefined;
  return name.startsWith('until') ? start + DAY_MS : start;
}

/** The day before which, exclusive, a filter ends: what `filterValue` made of it. */
export function filterText({ name }: Field, ms: number): string {
  return shanghaiDay(name.startsWith('until') ? ms - 1 : ms);
}

/** The cursors of the pages before and of this one, as they stand in the address; none on the first page. */
export function cursorsOf(query: Place['query']): readonly string[] {
  return (query.pages ?? '').split('.').filter((cursor) => cursor !== '');
}

/** The query of the next page, of the one before, and of the first. */
export const pages = {
  next: (query: Place['query'], cursor: string) => ({
    ...query,
    pages: [...cursorsOf(query), cursor].join('.'),
  }),
  back: (query: Place['query']) => ({ ...query, pages: cursorsOf(query).slice(0, -1).join('.') }),
  first: (query: Place['query']) => ({ ...query, pages: '' }),
} as const;

/** The parameters of a path that has the form of a pattern such as `/orders/:id`; null for another path. */
export function matched(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const [asked, given] = [pattern.split('/'), path.split('/')];
  if (asked.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [at, part] of asked.entries()) {
    const text = given[at] ?? '';
    if (part.startsWith(':') && text !== '') found[part.slice(1)] = decodeURIComponent(text);
    else if (part !== text) return null;
  }
  return found;
}
