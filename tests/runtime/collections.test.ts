import { join } from 'node:path';
import { collections } from '../../shared/data/collections.ts';
import * as tasks from '../../shared/data/tasks.ts';
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

test('a stored task of either older version is as old as when it was made', () => {
  const now = 1_795_000_000_000;
  const event = { id: 'a.b:1', name: 'a.b', version: 1, occurredAtMs: now, requestId: 'r', data: {} };
  const times = { nextAtMs: now + 600_000, createdAtMs: now, updatedAtMs: now };
  const tried = { state: 'pending', attempts: 3, faults: 0, reason: null };
  const first = { id: 'c:a.b:1', consumer: 'c', event, ...tried, ...times };
  const death = { attempts: 8, faults: 8, reason: null, diedAtMs: now };
  const read = (doc: Record<string, unknown>, from: number) =>
    tasks.collection.schema.parse(tasks.collection.upgrade?.(doc, from));
  expect(read(first, 1)).toEqual({ ...first, deaths: [], dueFirstAtMs: now });
  expect(read({ ...first, deaths: [death] }, 2)).toEqual({ ...first, deaths: [death], dueFirstAtMs: now });
});
