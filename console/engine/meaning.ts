/** What a field means to people: by the name of its schema, else by the ending of its own name. */
import { mayCall, type RoleName } from './may.ts';
import type { OperationName, Type } from './schema.ts';

/** How a value is shown and asked. */
export type Meaning =
  | 'money'
  | 'time'
  | 'share'
  | 'duration'
  | 'seconds'
  | 'number'
  | 'id'
  | 'long'
  | 'link'
  | 'plain';

const NUMBERS: Readonly<Record<string, Meaning>> = {
  Fen: 'money',
  TimeMs: 'time',
  QueryTimeMs: 'time',
  BasisPoints: 'share',
};

/** Texts that are read as such, and take the whole width. */
const LONG = new Set(['body', 'summary', 'story', 'preview', 'request']);

/** Texts longer than this are asked in an area of several lines. */
const SHORT_MAX = 120;

/** What a value of this type under this name means. */
export function meaningOf(type: Type, field: string): Meaning {
  const { name } = type;
  if (type.kind === 'int') {
    const known = NUMBERS[name ?? ''];
    if (known !== undefined) return known;
    if (field.endsWith('Fen')) return 'money';
    if (field.endsWith('AtMs')) return 'time';
    if (field.endsWith('Ms')) return 'duration';
    return field.endsWith('Seconds') ? 'seconds' : 'number';
  }
  if (type.kind !== 'text') return 'plain';
  if (name?.endsWith('Id') || /(^id|Id|Ids)$/.test(field)) return 'id';
  if (field.endsWith('Url')) return 'link';
  const isLong =
    LONG.has(field) || name === 'Reason' || name === 'Resolution' || (type.most ?? 0) > SHORT_MAX;
  return isLong ? 'long' : 'plain';
}

/** Where the thing stands that an id names, and what reads it there, by the beginning of the id. */
const PREFIXES: Readonly<Record<string, readonly [place: string, needs: OperationName]>> = {
  ord: ['orders', 'getAnyOrder'],
  usr: ['users', 'getUser'],
  prd: ['products', 'getAnyProduct'],
  tpl: ['coupons', 'getCouponTemplate'],
  grp: ['groups', 'getAnyGroup'],
  art: ['articles', 'getAnyArticle'],
  drp: ['drops', 'getAnyDrop'],
};

/**
 * Where the detail of an id stands, below the console's address; null for an id without a page of its own, and for one
 * whose page this role may not open.
 */
export function placeOfId(id: string, role: RoleName): string | null {
  const found = /^([a-z]{3})_[0-9A-Z]{26}$/.exec(id);
  const [place, needs] = PREFIXES[found?.[1] ?? ''] ?? [];
  return place === undefined || needs === undefined || !mayCall(role, needs) ? null : `/${place}/${id}`;
}

/** A number of a rail that is longer than this is cut in its middle. */
const NUMBER_MAX = 20;

/**
 * An id as it is shown: the last six characters of a made one, both ends of a rail's long number, and one that says
 * something as it is.
 */
export function shortId(id: string): string {
  if (/_[0-9A-Z]{26}$/.test(id)) return id.slice(-6);
  return id.length > NUMBER_MAX && /^[0-9A-Z]+$/.test(id) ? `${id.slice(0, 4)}…${id.slice(-8)}` : id;
}
