/** What a newer build has stored survives the writes of an older one, at every level of every collection. */
import fc from 'fast-check';
import * as z from 'zod';
import { withUnknownFields } from '../../../shared/adapters/engine/unknownFields.ts';
import { collections } from '../../../shared/data/collections.ts';
import { Account } from '../../../shared/schemas/books/journal.ts';
import { parseKnown } from '../../../shared/schemas/parseKnown.ts';
import { PointsLedgerAccount } from '../../../shared/schemas/points/points.ts';
import { arbitraryOf } from '../../fuzz/arbitrary.ts';
import { seed } from '../../support/seeded.ts';

/** A field that is in none of our schemas. */
const NEW = 'ofANewerBuild';

/** The fields of documents that are maps. Their keys are data, so no build adds one. */
const MAPS: readonly string[] = ['held'];

/** The same value with one more field in every object, each with another value. Lists, maps and scalars stay. */
function newer(value: unknown, next = counter()): unknown {
  if (Array.isArray(value)) return value.map((item) => newer(item, next));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, own]) => [
    key,
    MAPS.includes(key) ? own : newer(own, next),
  ]);
  return { ...Object.fromEntries(fields), [NEW]: { planted: next() } };
}

function counter(): () => number {
  let count = 0;
  return () => {
    count += 1;
    return count;
  };
}

/** Lines of two accounts that sum to zero. Random lines seldom do. */
function balanced(name: string): fc.Arbitrary<unknown> | null {
  const accounts = name === 'pointsEntries' ? PointsLedgerAccount : name === 'journal' ? Account : null;
  const [from, to] = accounts?.options ?? [];
  const lines = [
    [from, -5],
    [to, 5],
  ];
  return accounts === null ? null : fc.constant(lines);
}

const Line = z.strictObject({ productId: z.string(), fen: z.int() });
const Step = z.object({ from: z.int(), off: z.int() });
const Thing = z.object({
  id: z.string(),
  note: z.string().optional(),
  rule: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('some'), count: z.int() }),
  ]),
  buyer: z.object({ userId: z.string(), name: z.string() }).nullable(),
  lines: z.array(Line),
  steps: z.array(Step),
  any: z.record(z.string(), z.unknown()),
});
type Thing = z.infer<typeof Thing>;

const thing: Thing = {
  id: 't',
  note: 'n',
  rule: { kind: 'some', count: 1 },
  buyer: { userId: 'u', name: 'Wang' },
  lines: [
    { productId: 'a', fen: 1 },
    { productId: 'b', fen: 2 },
  ],
  steps: [
    { from: 1, off: 1 },
    { from: 2, off: 2 },
  ],
  any: { deep: { down: 1 } },
};
const stored = {
  ...thing,
  [NEW]: 'root',
  rule: { ...thing.rule, [NEW]: 'rule' },
  buyer: { userId: 'u', name: 'Wang', [NEW]: 'buyer' },
  lines: [
    { productId: 'a', fen: 1, [NEW]: 'a' },
    { productId: 'b', fen: 2, [NEW]: { of: ['b'] } },
  ],
  steps: [
    { from: 1, off: 1, [NEW]: 'one' },
    { from: 2, off: 2, [NEW]: 'two' },
  ],
};
const update = (change: Partial<Thing>) => withUnknownFields(Thing, stored, { ...thing, ...change });

describe('unknown fields', () => {
  test('a change of what is known leaves them where they are', () => {
    expect(update({ buyer: { userId: 'u', name: 'Li' } })).toEqual({
      ...stored,
      buyer: { userId: 'u', name: 'Li', [NEW]: 'buyer' },
    });
  });

  test('a known field that an update leaves out is gone', () => {
    const { note: _, ...without } = thing;
    expect(withUnknownFields(Thing, stored, without)).not.toHaveProperty('note');
  });

  test('what is known to be open has no unknown fields: what is taken out of it is gone', () => {
    expect(update({ any: {} })).toMatchObject({ any: {} });
  });

  test('another kind, another id, or null is another object, and starts without any', () => {
    expect(update({ rule: { kind: 'none' } })).toMatchObject({ rule: { kind: 'none' } });
    expect(Object(update({ rule: { kind: 'none' } })?.rule)).not.toHaveProperty(NEW);
    expect(Object(update({ buyer: { userId: 'v', name: 'Wang' } })?.buyer)).not.toHaveProperty(NEW);
    expect(update({ buyer: null })?.buyer).toBeNull();
  });

  test('items with an id keep theirs, wherever they stand; a new one has none', () => {
    const lines = [
      { productId: 'c', fen: 3 },
      { productId: 'b', fen: 9 },
    ];
    expect(update({ lines })?.lines).toEqual([
      { productId: 'c', fen: 3 },
      { productId: 'b', fen: 9, [NEW]: { of: ['b'] } },
    ]);
  });

  test('items without an id are told apart by their first field, then by their order if equally many are left', () => {
    expect(update({ steps: [{ from: 2, off: 7 }] })?.steps).toEqual([{ from: 2, off: 7, [NEW]: 'two' }]);
    const steps = [
      { from: 5, off: 1 },
      { from: 2, off: 2 },
    ];
    expect(update({ steps })?.steps).toEqual([
      { from: 5, off: 1, [NEW]: 'one' },
      { from: 2, off: 2, [NEW]: 'two' },
    ]);
    expect(update({ steps: [...steps, { from: 6, off: 1 }] })?.steps).toEqual([
      { from: 5, off: 1 },
      { from: 2, off: 2, [NEW]: 'two' },
      { from: 6, off: 1 },
    ]);
  });

  test('what does not fit the schema is not guessed at', () => {
    expect(withUnknownFields(Thing, { ...stored, lines: 'many' }, thing)).toBeNull();
  });

  test('a field named __proto__ is kept as a field', () => {
    const odd: unknown = JSON.parse('{"id":"x","__proto__":{"isAdmin":true}}');
    const kept = withUnknownFields(z.object({ id: z.string() }), odd, { id: 'x' });
    expect(JSON.stringify(kept)).toBe('{"id":"x","__proto__":{"isAdmin":true}}');
  });

  test.each(collections.map((collection) => [collection.name, collection.schema] as const))(
    `of %s, at every level, survive an update, and are seen by no reader (seed ${seed})`,
    (name, schema) => {
      const insteadOf = (field: string) => (['postings', 'lines'].includes(field) ? balanced(name) : null);
      const shape = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as object;
      const contract = { resolve: (own: object) => own } as never;
      const docs = arbitraryOf(shape, contract, { nowMs: 1_800_000_000_000, insteadOf }).filter(
        (doc) => schema.safeParse(doc).success,
      );
      fc.assert(
        fc.property(docs, docs, (before, after) => {
          const found = newer(before);
          const read = parseKnown(schema, found);
          if (!read.success) throw read.error;
          expect(withUnknownFields(schema, found, read.data)).toEqual(found);
          const changed = { ...schema.parse(after), id: read.data.id };
          const kept = withUnknownFields(schema, found, changed);
          expect(kept).toHaveProperty(NEW, Object(found)[NEW]);
          expect(parseKnown(schema, kept).data).toEqual(changed);
        }),
        { seed, numRuns: 20 },
      );
    },
  );
});
