import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { collections } from '../../shared/data/collections.ts';
import type { Collection } from '../../shared/ports.ts';

const FOLDER = join(__dirname, '../../shared/data');

function isCollection(value: unknown): value is Collection {
  return typeof value === 'object' && value !== null && 'schema' in value && 'indexes' in value;
}

test('the list holds every collection that is declared, under names of their own', async () => {
  const declared: Collection[] = [];
  for (const file of readdirSync(FOLDER)) {
    const exported: Record<string, unknown> = await import(join(FOLDER, file));
    declared.push(...Object.values(exported).filter(isCollection));
  }
  const names = (list: readonly Collection[]) => list.map(({ name }) => name).sort();
  expect(declared.length).toBeGreaterThan(15);
  expect(names(collections)).toEqual(names(declared));
  expect(new Set(names(collections)).size).toBe(collections.length);
});
