import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { askedShapes } from '../../console/askedContract.ts';
import { operations, shapes } from '../../console/contract.ts';
import '../../console/engine/askedSchema.ts';
import { type OperationName, operationOf, type Type, typeAt, typeOf } from '../../console/engine/schema.ts';
import { readManifest } from '../../tools/manifest.ts';
import { ROOT } from '../../tools/sources.ts';

/** Some ninety bytes for each operation. */
const BYTES_MAX = 11_000;

/** The types that stand in a type. */
function innerTypes(type: Type): readonly string[] {
  if (type.kind === 'list') return [type.of];
  if (type.kind === 'object') return type.fields.map((field) => field.type);
  return type.kind === 'choice' ? type.choices.map((choice) => choice.type) : [];
}

describe('the contract of the console', () => {
  const names = Object.keys(operations) as OperationName[];
  const typesOf = (name: OperationName) => {
    const { input, output } = operationOf(name);
    return [input, ...(output === undefined ? [] : [output])];
  };

  test('has every operation of staff, with its right and its second factor', async () => {
    const { functions } = await readManifest();
    const own = functions.flatMap(({ name, own: { kind, contract } }) => {
      if (kind !== 'http' || typeof contract.auth === 'string') return [];
      return [[name, contract.auth.may, contract.auth.secondFactor === 'fresh'] as const];
    });
    const known = Object.entries(operations).flatMap(([name, one]) =>
      'may' in one ? [[name, one.may, 'isFresh' in one] as const] : [],
    );
    expect(known).toEqual([...own].sort(([a], [b]) => (a < b ? -1 : 1)));
  });

  test('says what every type is, down to texts, numbers and boxes', () => {
    const seen = new Set<string>();
    const left = names.flatMap(typesOf);
    for (let text = left.pop(); text !== undefined; text = left.pop()) {
      if (seen.has(text)) continue;
      seen.add(text);
      const type = typeOf(text);
      const plain = text.replace(/(\[\]|[~?])+$/, '');
      if (/^[A-Z]/.test(plain))
        expect([plain, shapes[plain] ?? askedShapes[plain]]).toEqual([plain, expect.any(String)]);
      left.push(...innerTypes(type));
    }
    expect(seen.size).toBeGreaterThan(200);
  });

  test('an object whose last field may be left out may not be left out itself', () => {
    expect(typeOf('{a text,b int?}')).toMatchObject({ kind: 'object', isOptional: false });
    expect(typeAt('{a {b text}[]}', 'c')).toBe('any');
  });

  test('what a read asks and answers is known before any form is loaded', () => {
    const reads = names.filter((name) => /^(get|list|search|find)/.test(name));
    expect(reads.filter((name) => !('input' in operations[name]))).toEqual([]);
    const left = reads.flatMap(typesOf);
    const seen = new Set<string>();
    for (let text = left.pop(); text !== undefined; text = left.pop()) {
      const plain = text.replace(/(\[\]|[~?])+$/, '');
      if (seen.has(plain)) continue;
      seen.add(plain);
      expect(Object.keys(askedShapes)).not.toContain(plain);
      left.push(...innerTypes(typeOf(text)));
    }
  });

  test('is small', () => {
    const files = ['contract.ts', 'askedContract.ts'].map((name) =>
      readFileSync(join(ROOT, 'console', name)),
    );
    expect(gzipSync(Buffer.concat(files)).byteLength).toBeLessThan(BYTES_MAX);
  });
});
