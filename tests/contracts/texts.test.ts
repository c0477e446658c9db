import * as z from 'zod';
import { collections } from '../../shared/data/collections.ts';
import { readManifest } from '../../tools/manifest.ts';

/** A schema that contains no other schema, and the path to it. */
interface Leaf {
  readonly path: string;
  readonly schema: z.ZodType;
}

/**
 * Every schema for a text inside a schema, found through zod's definitions. A kind of schema that is new here fails.
 */
function stringsIn(schema: z.core.$ZodType, path: string): Leaf[] {
  const def = (schema as z.ZodType)._zod.def as z.core.$ZodTypeDef & Record<string, unknown>;
  const inner = (key: string) => stringsIn(def[key] as z.core.$ZodType, path);
  const all = (values: readonly unknown[], name: (index: number) => string) =>
    values.flatMap((value, index) => stringsIn(value as z.core.$ZodType, name(index)));
  switch (def.type) {
    case 'string':
      return [{ path, schema: schema as z.ZodType }];
    case 'object': {
      const shape = def.shape as Record<string, unknown>;
      return all(Object.values(shape), (index) => `${path}.${Object.keys(shape)[index]}`);
    }
    case 'record':
      return [...stringsIn(def.keyType as z.core.$ZodType, `${path}{}`), ...inner('valueType')];
    case 'array':
      return inner('element');
    case 'tuple':
      return all(def.items as unknown[], (index) => `${path}[${index}]`);
    case 'union':
      return all(def.options as unknown[], () => path);
    case 'pipe':
      return [{ path, schema: schema as z.ZodType }, ...inner('in')];
    case 'optional':
    case 'nullable':
    case 'default':
    case 'catch':
    case 'readonly':
      return inner('innerType');
    case 'number':
    case 'boolean':
    case 'null':
    case 'enum':
    case 'literal':
    case 'transform':
    case 'unknown':
    case 'custom':
      return [];
    default:
      throw new Error(`${path}: no test here knows what a ${def.type} takes`);
  }
}

/** Texts with invisible characters, and what a displayed text may keep of each. */
const HIDDEN: readonly (readonly [typed: string, kept: readonly string[]])[] = [
  ['\u200b', ['']],
  ['\u2800\u3164', ['']],
  ['\ufeff中\u200b文', ['中文']],
  ['中\u2028文', ['中 文', '中\n文']],
  ['中\u0000文', []],
  ['中\u0085文', []],
  ['中\u202e文', []],
];

/** Fields that prove who somebody is may have any characters: they are compared and never shown. */
const isPassword = (path: string) => /\.(?:password|newPassword)$/.test(path);

/** The texts above that a schema wrongly lets through. Ids, enums and tokens must accept none of them. */
function letThrough(schema: z.ZodType): string[] {
  return HIDDEN.flatMap(([typed, kept]) => {
    const { success, data } = schema.safeParse(typed);
    // A typed code keeps only its ASCII letters and digits, so nothing of these texts.
    return !success || data === '' || kept.includes(String(data)) ? [] : [JSON.stringify(typed)];
  });
}

test('the rule reports a text that does not use the shared schemas', () => {
  expect(letThrough(z.string().trim().min(1).max(60))).toHaveLength(HIDDEN.length);
  expect(letThrough(z.string().regex(/^[a-z]+$/))).toEqual([]);
  const schema = z.strictObject({
    a: z.array(z.string().nullable()),
    b: z.union([z.literal('x'), z.string()]).optional(),
  });
  expect(stringsIn(schema, 'input').map(({ path }) => path)).toEqual(['input.a', 'input.b']);
});

test('every text in the input of a contract is an id, an enum, a token or uses the shared schemas', async () => {
  const { functions } = await readManifest();
  const leaves = functions.flatMap(({ name, own }) =>
    own.kind === 'http' ? stringsIn(own.contract.input, name) : [],
  );
  expect(leaves.length).toBeGreaterThan(150);
  expect(leaves.filter(({ path }) => isPassword(path)).length).toBeGreaterThan(2);
  const wrong = leaves
    .filter(({ path }) => !isPassword(path))
    .map(({ path, schema }) => [path, ...letThrough(schema)])
    .filter(([, ...texts]) => texts.length > 0);
  expect(wrong).toEqual([]);
});

test('every number in a query is written in one way', async () => {
  const { functions } = await readManifest();
  const canonical = ['1', '20', '1795413600000'];
  const numbers = functions
    .flatMap(({ name, own }) => (own.kind === 'http' ? stringsIn(own.contract.input, name) : []))
    .filter(({ schema }) => canonical.some((typed) => typeof schema.safeParse(typed).data === 'number'));
  expect(numbers.length).toBeGreaterThan(40);
  const others = canonical.flatMap((typed) => [
    ...[
      `0${typed}`,
      `+${typed}`,
      `-${typed}`,
      ` ${typed}`,
      `${typed} `,
      `${typed}.0`,
      `${typed}.`,
      `${typed}n`,
    ],
    ...[
      `${typed}_0`,
      `${typed},0`,
      '1e2',
      '1e0',
      '-0',
      '00',
      '0x1',
      '０',
      '１',
      '٣',
      '',
      ' ',
      'NaN',
      'Infinity',
    ],
  ]);
  const taken = numbers.map(({ path, schema }) => [
    path,
    ...others.filter((typed) => schema.safeParse(typed).success),
  ]);
  expect(taken.filter(([, ...typed]) => typed.length > 0)).toEqual([]);
});

/** Whether the schema of stored documents refuses or changes old texts. Such a document could no longer be read. */
function refusesOld({ schema }: Leaf): boolean {
  if (!schema.safeParse('中').success) return false;
  return HIDDEN.some(([typed]) => schema.safeParse(typed).data !== typed);
}

test('a text that is stored, or answered from the store, is read as it is', async () => {
  const { functions } = await readManifest();
  const outputs = functions.flatMap(({ name, own }) =>
    own.kind === 'http' && own.contract.contentType === undefined ? stringsIn(own.contract.output, name) : [],
  );
  const stored = collections.flatMap(({ name, schema }) => stringsIn(schema, name));
  expect([outputs.length, stored.length].every((count) => count > 100)).toBe(true);
  expect([...stored, ...outputs].filter(refusesOld).map(({ path }) => path)).toEqual([]);
});
