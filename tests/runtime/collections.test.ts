import { join } from 'node:path';
import { collections } from '../../shared/data/collections.ts';
import type { Collection } from '../../shared/ports/database.ts';
import { filesBelow, ROOT } from '../../tools/sources.ts';

function isCollection(value: unknown): value is Collection {
  return typeof value === 'object' && value !== null && 'schema' in value && 'indexes' in value;
}

test('the list holds every collection that is declared, under names of their own', async () => {
  const declared: Collection[] = [];
  for (const file of filesBelow('shared/data')) {
    const exported: Record<string, unknown> = await import(join(ROOT, file));
    declared.push(...Object.values(exported).filter(isCollection));
  }
  const names = (list: readonly Collection[]) => list.map(({ name }) => name).sort();
  expect(declared.length).toBeGreaterThan(15);
  expect(names(collections)).toEqual(names(declared));
  expect(new Set(names(collections)).size).toBe(collections.length);
});
