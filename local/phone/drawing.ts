/** What a compiled template draws, and what it draws with. */

/** One thing that is drawn. A text has the tag `#text`, a place for what is given to a component `#slot`. */
export interface Drawn {
  /** Its place in the template, and the keys of the lists around. The same key again is the same thing. */
  readonly key: string;
  readonly tag: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Handler by event, and whether the event ends there. */
  readonly on: Readonly<Record<string, readonly [handler: string, isCaught: boolean]>>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly marks: Readonly<Record<string, unknown>>;
  readonly children: readonly Drawn[];
  /** Of `#text` its text, of `#slot` its name. */
  readonly text: string;
}

/** Draws the data of a page or a component. */
export type Draw = (data: Readonly<Record<string, unknown>>, pen: Pen) => Drawn[];

type Fields = Readonly<Record<string, unknown>>;
const NONE: Fields = {};

/** Handlers as templates write them: 1 for caught. */
type Handlers = Readonly<Record<string, readonly [string, 0 | 1]>>;

/** The functions that compiled templates call. Their names are short, because every element calls one. */
export const pen = {
  /** An element. */
  e(
    key: string,
    tag: string,
    attributes: Fields = NONE,
    children: readonly Drawn[] = [],
    on: Handlers = {},
    data: Fields = NONE,
    marks: Fields = NONE,
  ): Drawn {
    const handlers = Object.fromEntries(
      Object.entries(on).map(([type, [name, isCaught]]) => [type, [name, isCaught === 1] as const]),
    );
    return { key, tag, attributes, on: handlers, data, marks, children, text: '' };
  },
  /** A text. */
  t(key: string, text: string): Drawn {
    return { key, tag: '#text', attributes: NONE, on: {}, data: NONE, marks: NONE, children: [], text };
  },
  /** The place for what is given to a component. */
  o(key: string, name: string): Drawn {
    return { ...pen.t(key, name), tag: '#slot' };
  },
  /** A value in a text. @throws Error for nothing, which WeChat shows as `undefined`, `null` or not at all */
  s(value: unknown, where: string): string {
    if (value === undefined || value === null) throw new Error(`${where}: a text shows ${value}`);
    return String(value);
  },
  /** A list. @throws Error for what is none, and for items with the same key */
  l(
    list: unknown,
    where: string,
    field: string,
    draw: (item: unknown, index: number, key: string) => Drawn[],
  ): Drawn[] {
    if (!Array.isArray(list)) throw new Error(`${where}: wx:for over something else than a list`);
    const seen = new Set<string>();
    return list.flatMap((item: unknown, index) => {
      const of: unknown = field === '*this' ? item : fieldOf(item, field);
      if (typeof of !== 'string' && typeof of !== 'number') {
        throw new Error(`${where}: wx:key ${field} is neither a text nor a number`);
      }
      const key = String(of);
      if (seen.has(key)) throw new Error(`${where}: two items with the key ${key}`);
      seen.add(key);
      return draw(item, index, key);
    });
  },
};

/** The functions that compiled templates call. */
export type Pen = typeof pen;

/** A field of something, or undefined. */
export function fieldOf(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null && name in of
    ? (of as Record<string, unknown>)[name]
    : undefined;
}
