/**
 * The collection of tasks, the source of truth about what still has to happen: one for each consumer of each fact.
 */
import { consumers } from '../consumers.ts';
import { fail } from '../errors.ts';
import type { Fact } from '../event.ts';
import type { Page, Reader, Tx } from '../ports/database.ts';
import { DAY_MS, type TimeMs, timeMs } from '../schemas/base.ts';
import { Task, type TaskState } from '../schemas/task.ts';
import { all, defineCollection, store } from './collection.ts';

/**
 * Stored tasks. `due` lists those in a state that are due, `dueOf` those of one consumer, and `waiting` those in a
 * state by when they were first due. Every effect writes a task twice, so there are no more indexes than that.
 */
export const collection = defineCollection({
  name: 'tasks',
  schema: Task,
  version: 3,
  indexes: {
    due: { fields: ['state', 'nextAtMs'] },
    dueOf: { fields: ['consumer', 'state', 'nextAtMs'] },
    waiting: { fields: ['state', 'dueFirstAtMs'] },
  },
  upgrade: (task) => ({ deaths: [], dueFirstAtMs: task.createdAtMs, ...task }),
});

/** How long the broker has before `sweepTasks` rings again for a new task, in ms. */
const FIRST_SWEEP_MS = 10_000;

/** How long a done task is kept as a record: 90 days. */
export const DONE_KEPT_MS = 90 * DAY_MS;

/** A task's id, derived from its cause. */
export function taskId(consumer: string, eventId: string): string {
  return `${consumer}:${eventId}`;
}

/**
 * Writes one task for each consumer of each fact, in the transaction that caused them.
 * @throws DuplicateId when a fact was appended before (same event, same key); the caller should have checked its
 * cause
 */
export async function append(
  tx: Tx,
  facts: readonly Fact[],
  at: { readonly now: TimeMs; readonly requestId: string },
): Promise<void> {
  for (const { event, key, data } of facts) {
    const envelope = {
      id: `${event.name}:${key}`,
      name: event.name,
      version: event.version,
      occurredAtMs: at.now,
      requestId: at.requestId,
      data: event.schema.parse(data),
    };
    for (const consumer of consumers[event.name] ?? []) {
      await tx.insert(collection, {
        id: taskId(consumer, envelope.id),
        consumer,
        event: envelope,
        state: 'pending',
        attempts: 0,
        faults: 0,
        nextAtMs: timeMs(at.now + FIRST_SWEEP_MS),
        dueFirstAtMs: at.now,
        reason: null,
        deaths: [],
        createdAtMs: at.now,
        updatedAtMs: at.now,
      });
    }
  }
}

/** The task, read to decide about it; null when there is none. */
export function find(tx: Tx, id: string): Promise<Task | null> {
  return tx.find(collection, id);
}

/** The task. @throws task.not_found */
export async function get(tx: Tx, id: string): Promise<Task> {
  const task = await find(tx, id);
  if (task === null) throw fail('task.not_found');
  return task;
}

/** The tasks of a fact: one for each of its consumers. */
export async function ofFact(tx: Tx, { event, key }: Fact): Promise<readonly Task[]> {
  const found: Task[] = [];
  for (const consumer of consumers[event.name] ?? []) {
    const task = await find(tx, taskId(consumer, `${event.name}:${key}`));
    if (task !== null) found.push(task);
  }
  return found;
}

/** Stores a task's new state. */
export function save(tx: Tx, before: Task, after: Task): Promise<void> {
  return store(tx, collection, before, after);
}

/**
 * One page of the tasks in a state, those first that were due last.
 * @throws request.invalid for a cursor of another query
 */
export function inState(
  reader: Pick<Reader, 'list'>,
  state: TaskState,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Task>> {
  return reader.list(collection, { index: 'waiting', where: { state }, order: 'descending', ...page });
}

/** The tasks of all events with one of these keys; at most 100 ids are looked up. */
export function ofKeys(reader: Pick<Reader, 'findMany'>, keys: readonly string[]): Promise<Task[]> {
  const ids = keys.flatMap((key) =>
    Object.entries(consumers).flatMap(([name, own]) =>
      own.map((consumer) => taskId(consumer, `${name}:${key}`)),
    ),
  );
  return reader.findMany(collection, ids.slice(0, 100));
}

/** All done tasks that may be deleted now. */
export function forgettable(reader: Reader, now: TimeMs): AsyncGenerator<Task> {
  return all(reader, collection, {
    index: 'due',
    where: { state: 'done' },
    range: { field: 'nextAtMs', below: now + 1 },
    order: 'ascending',
    limit: 500,
  });
}

/**
 * Pending tasks that are due, by consumer, the longest waiting first. When more than `limit` are due in total, up to
 * `limit` are read for each consumer, so a consumer far behind does not hide the others.
 */
export async function due(
  reader: Pick<Reader, 'list'>,
  now: TimeMs,
  limit: number,
): Promise<ReadonlyMap<string, readonly Task[]>> {
  const range = { field: 'nextAtMs', below: now + 1 };
  const query = { range, order: 'ascending', limit, cursor: null } as const;
  const all = await reader.list(collection, { index: 'due', where: { state: 'pending' }, ...query });
  const found = new Map<string, readonly Task[]>();
  for (const task of all.items) found.set(task.consumer, [...(found.get(task.consumer) ?? []), task]);
  if (all.items.length < limit) return found;
  for (const consumer of new Set(Object.values(consumers).flat())) {
    const own = await reader.list(collection, {
      index: 'dueOf',
      where: { consumer, state: 'pending' },
      ...query,
    });
    found.set(consumer, own.items);
  }
  return found;
}

/** All pending tasks that were first due before `before`, the longest waiting first. */
export function waitingSince(reader: Reader, before: TimeMs): AsyncGenerator<Task> {
  return all(reader, collection, {
    index: 'waiting',
    where: { state: 'pending' },
    range: { field: 'dueFirstAtMs', below: before },
    order: 'ascending',
    limit: 100,
  });
}

/** At most `limit` pending tasks that were first due before `before`, the longest waiting first. */
export async function longestWaiting(
  reader: Pick<Reader, 'list'>,
  before: TimeMs,
  limit: number,
): Promise<readonly Task[]> {
  const range = { field: 'dueFirstAtMs', below: before };
  const query = { index: 'waiting', where: { state: 'pending' }, range, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit, cursor: null })).items;
}
