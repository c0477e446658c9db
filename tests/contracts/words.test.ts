import * as z from 'zod';
import { words } from '../../shared/words.ts';
import { readManifest } from '../../tools/manifest.ts';

/** Enumerations that no person reads: what programs, standards and other platforms call things. */
const WORDLESS = [
  ['image/jpeg', 'image/png', 'image/webp', 'audio/mpeg', 'audio/mp4'],
  ['video/mp4', 'audio/mpeg', 'audio/mp4', 'application/pdf', 'application/epub+zip'],
  ['command'],
  ['RSA'],
  ['short_series_goods'],
  ['best'],
  ['true'],
  // Places of the mini-program where somebody is asked for messages.
  ['paid', 'finished', 'coupon', 'writing', 'settings'],
];

const keyOf = (values: readonly string[]) => [...values].sort().join('|');

/** The values of each enumeration in a JSON Schema. The literals of a union's `kind` are one enumeration. */
function enumerationsIn(node: unknown): readonly string[][] {
  if (typeof node !== 'object' || node === null) return [];
  const found = Object.values(node).flatMap(enumerationsIn);
  const { enum: values, const: only, oneOf, anyOf } = node as Record<string, unknown>;
  if (Array.isArray(values)) return [...found, values.filter((value) => typeof value === 'string')];
  if (typeof only === 'string') return [...found, [only]];
  const kinds = [oneOf, anyOf].flatMap((members) => (Array.isArray(members) ? [kindsOf(members)] : []));
  // A member's own kind is a part of the union's.
  return [...found, ...kinds].filter(
    (one) =>
      one.length > 0 &&
      !kinds.some((all) => all.length > 1 && one.length === 1 && all.includes(one[0] ?? '')),
  );
}

function kindsOf(members: readonly unknown[]): string[] {
  return members.flatMap((member) => {
    const kind: unknown = Object(Object(Object(member).properties).kind).const;
    return typeof kind === 'string' ? [kind] : [];
  });
}

async function onTheWire(): Promise<Map<string, string>> {
  const { functions } = await readManifest();
  const found = new Map<string, string>();
  for (const { name, own } of functions) {
    if (own.kind !== 'http') continue;
    for (const [io, schema] of [
      ['input', own.contract.input],
      ['output', own.contract.output],
    ] as const) {
      const json = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
      for (const values of enumerationsIn(json)) found.set(keyOf(values), name);
    }
  }
  return found;
}

describe('words for people', () => {
  const worded = Object.values(words).map((own) => new Set(Object.keys(own)));

  test('each enumeration on the wire has words for each of its values', async () => {
    const known = [...worded, ...WORDLESS.map((values) => new Set(values))];
    const isKnown = (key: string) => known.some((all) => key.split('|').every((value) => all.has(value)));
    const wordless = [...(await onTheWire())].filter(([key]) => !isKnown(key));
    expect(wordless).toEqual([]);
  });

  test('nothing has words that is not on the wire', async () => {
    const used = await onTheWire();
    expect(worded.map((all) => keyOf([...all])).filter((key) => !used.has(key))).toEqual([]);
  });

  test('an enumeration without words is noticed, also inside unions, lists and maps', () => {
    const planted = z.object({
      list: z.array(z.object({ a: z.enum(['x', 'y']).nullable() })),
      map: z.record(z.string(), z.enum(['p', 'q'])),
      union: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('one') }),
        z.object({ kind: z.literal('two'), b: z.enum(['r', 's']) }),
      ]),
    });
    const found = enumerationsIn(z.toJSONSchema(planted)).map(keyOf);
    expect(new Set(found)).toEqual(new Set(['x|y', 'p|q', 'one|two', 'r|s']));
  });

  test.each(Object.entries(words))('%s: short, in Chinese, and each value has other words', (_, own) => {
    const texts = Object.values(own);
    expect(new Set(texts).size).toBe(texts.length);
    for (const text of texts) expect(text).toMatch(/^(?=.*\p{Script=Han}|iOS$|Windows$)[^\s,.]{2,24}$/u);
  });
});
