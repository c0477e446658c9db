/** Turns a good input into attacks: one change at one place. */
import type { Input } from './arbitrary.ts';

/** A changed input, with what was changed and where. */
export interface Attack {
  readonly what: string;
  /** The place, in the form of the API's own complaints: `rule.offFen`. */
  readonly place: string;
  readonly input: Input;
}

/** A kind of change: other numbers, wrong types, operators of query languages, prototypes, sizes. */
export type AttackKind = 'number' | 'type' | 'operator' | 'prototype' | 'key' | 'size' | 'text';

const NUMBERS: readonly (readonly [string, unknown])[] = [
  ['negative', -1],
  ['zero', 0],
  ['a thousand million', 1e9],
  ['2^31', 2 ** 31],
  ['2^53', 2 ** 53],
  ['1e308', 1e308],
  ['a fraction', 1.5],
  ['yuan', 19.99],
  ['yuan as text', '19.99'],
  ['a number as text', '1'],
];

const TYPES: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a list', []],
  ['true', true],
  ['an object', {}],
  ['a number', 7],
  ['a text', 'x'],
];

const OPERATORS: readonly (readonly [string, unknown])[] = [
  ['$gt', { $gt: '' }],
  ['$ne', { $ne: null }],
  ['$regex', { $regex: '.*' }],
  ['$where', { $where: 'sleep(1000)' }],
  ['$in', { $in: [null, ''] }],
  ['a list of operators', [{ $ne: 1 }]],
];

const TEXTS: readonly (readonly [string, string])[] = [
  ['NUL', 'a\u0000b'],
  ['half a surrogate', 'a\ud800b'],
  ['an override of direction', 'a\u202eb'],
  ['an escape sequence', 'a\u001b[31mb'],
  ['nothing to see', '\u200b\u2800'],
  ['something unseen', 'a\u200b\u2028b'],
  ['a line of a header', 'a\r\nset-cookie: x=1'],
  ['SQL', "' OR 1=1 --"],
  ['a script', '<script>alert(1)</script>'],
  ['a formula', '=cmd|calc'],
  ['a path', '../../etc/passwd'],
  ['a template', '{{7*7}}'],
];

/** Keys for facts that only the server may decide. */
export const SERVER_KEYS = [
  'total',
  'totalFen',
  'payableFen',
  'priceFen',
  'discountFen',
  'status',
  'state',
  'paid',
  'userId',
  'role',
  'points',
  'memberUntil',
  '_id',
  'v',
  'schemaVersion',
  'createdAtMs',
  'createdAt',
  'isAdmin',
] as const;

/** Objects with a key that reaches a prototype. `JSON.parse` makes it an own key, as a server would see it. */
function polluted(value: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  const inner = JSON.stringify(value).slice(1, -1);
  const rest = inner === '' ? '' : `,${inner}`;
  return [
    ['__proto__', JSON.parse(`{"__proto__":{"role":"admin"}${rest}}`)],
    ['constructor.prototype', JSON.parse(`{"constructor":{"prototype":{"role":"admin"}}${rest}}`)],
    ['prototype', JSON.parse(`{"prototype":{"role":"admin"}${rest}}`)],
  ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same tree with another value at one place. */
function withAt(tree: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(tree))
    return tree.map((item, index) => (String(index) === first ? withAt(item, rest, value) : item));
  if (!isObject(tree)) return value;
  return { ...tree, [first]: withAt(tree[first], rest, value) };
}

interface Place {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Every place in a tree: the root, and everything below it. */
function places(tree: unknown, path: readonly string[] = []): Place[] {
  const inner = Array.isArray(tree)
    ? tree.flatMap((item, index) => places(item, [...path, String(index)]))
    : isObject(tree)
      ? Object.entries(tree).flatMap(([name, item]) => places(item, [...path, name]))
      : [];
  return [{ path, value: tree }, ...inner];
}

const HUGE = 'x'.repeat(100_000);

/** The values that can be put at a place, by kind. */
function replacements({ value }: Place, kind: AttackKind): readonly (readonly [string, unknown])[] {
  switch (kind) {
    case 'number':
      return typeof value === 'number' ? NUMBERS : [];
    case 'type':
      return TYPES.filter(([, other]) => JSON.stringify(other) !== JSON.stringify(value));
    case 'operator':
      return isObject(value) || Array.isArray(value) ? [] : OPERATORS;
    case 'prototype':
      return isObject(value) ? polluted(value) : [];
    case 'key':
      return isObject(value)
        ? SERVER_KEYS.filter((key) => !Object.hasOwn(value, key)).map((key) => [key, { ...value, [key]: 1 }])
        : [];
    case 'size':
      if (typeof value === 'string') return [['a text of 100 000', HUGE]];
      return Array.isArray(value)
        ? [['a list of 5 000', Array.from({ length: 5_000 }, () => value[0] ?? 0)]]
        : [];
    case 'text':
      return typeof value === 'string' ? TEXTS : [];
  }
}

/** Every attack of these kinds on one half of an input. */
function attacksIn(
  half: 'body' | 'query',
  tree: unknown,
  kinds: readonly AttackKind[],
): { readonly what: string; readonly path: readonly string[]; readonly tree: unknown }[] {
  return kinds.flatMap((kind) =>
    places(tree).flatMap((place) => {
      // The whole query is always an object, so only keys can be added to it.
      if (half === 'query' && place.path.length === 0 && kind !== 'key' && kind !== 'prototype') return [];
      // An empty list does not appear in a query at all.
      const isSent = ([, value]: readonly [string, unknown]) =>
        half === 'body' || !Array.isArray(value) || value.length > 0;
      return replacements(place, kind)
        .filter(isSent)
        .map(([what, value]) => ({
          what: `${kind}: ${what}`,
          path: place.path,
          tree: withAt(tree, place.path, value),
        }));
    }),
  );
}

/**
 * Every attack of these kinds on an input. A query is attacked where one is read, otherwise the body, even if none is
 * declared. The path has tests of its own.
 */
export function attacksOn(input: Input, method: string, kinds: readonly AttackKind[]): Attack[] {
  const isQuery = method === 'GET' || method === 'DELETE';
  const half = isQuery ? 'query' : 'body';
  return attacksIn(half, isQuery ? input.query : (input.body ?? {}), kinds).flatMap(
    ({ what, path, tree }) => {
      const place = path.join('.');
      if (!isQuery) return [{ what, place, input: { ...input, body: tree } }];
      return isObject(tree) ? [{ what, place, input: { ...input, query: tree } }] : [];
    },
  );
}
