/** Tasks: the truth about what still has to happen. One for each consumer of each fact. */
import { consumers } from '../consumers.ts';
import { fail } from '../errors.ts';
import type { Fact } from '../event.ts';
import type { Page, Reader, Tx } from '../ports/database.ts';
import { DAY_MS, type TimeMs, timeMs } from '../schemas/base.ts';
import { Task, type TaskState } from '../schemas/task.ts';
import { all, defineCollection, store } from './collection.ts';

/**
 * Stored tasks; `due` finds those in a state whose time has come, `dueOf` those of one consumer, and `waiting` those
 * that wait longest.
 */
export const collection = defineCollection({
  name: 'tasks',
  schema: Task,
  version: 3,
  indexes: {
    due: { fields: ['state', 'nextAtMs'] },
    dueOf: { fields: ['consumer', 'state', 'nextAtMs'] },
    byState: { fields: ['state', 'createdAtMs'] },
    waiting: { fields: ['state', 'dueFirstAtMs'] },
  },
  upgrade: (task) => ({ deaths: [], dueFirstAtMs: task.createdAtMs, ...task }),
});

/** How long the doorbell has before `sweepTasks` rings again for a new task. */
const FIRST_SWEEP_MS = 10_000;

/** How long a done task is kept, to see that and when it was done: 90 days. */
export const DONE_KEPT_MS = 90 * DAY_MS;

/** A task's id, made from its cause. */
export function taskId(consumer: string, eventId: string): string {
  return `${consumer}:${eventId}`;
}

/**
 * Writes one task for each consumer of each fact, in the transaction that caused them. A fact that was told before
 * (same event, same key) throws DuplicateId: the guard of the cause should have stopped it.
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

/** The task, as a decision relies on it. */
export function find(tx: Tx, id: string): Promise<Task | null> {
  return tx.find(collection, id);
}

/** The task. @throws task.not_found */
export async function get(tx: Tx, id: string): Promise<Task> {
  const task = await find(tx, id);
  if (task === null) throw fail('task.not_found');
  return task;
}

/** The tasks of a fact that was told: one for each consumer of it. */
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

/** One page of the tasks in a state, newest first. @throws request.invalid for a cursor of another query */
export function inState(
  reader: Pick<Reader, 'list'>,
  state: TaskState,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Task>> {
  return reader.list(collection, { index: 'byState', where: { state }, order: 'descending', ...page });
}

/** The tasks of every event that has one of these keys, whatever the event: at most 100 of them are looked for. */
export function ofKeys(reader: Pick<Reader, 'findMany'>, keys: readonly string[]): Promise<Task[]> {
  const ids = keys.flatMap((key) =>
    Object.entries(consumers).flatMap(([name, own]) =>
      own.map((consumer) => taskId(consumer, `${name}:${key}`)),
    ),
  );
  return reader.findMany(collection, ids.slice(0, 100));
}

/** Every done task that may be forgotten now. */
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
 * Pending tasks whose time has come, by consumer: of each the longest waiting first, and at most `limit` once there are
 * as many in all. So a consumer that is far behind hides no other.
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

/** Every pending task that should have been done before a moment, the longest waiting first. */
export function waitingSince(reader: Reader, before: TimeMs): AsyncGenerator<Task> {
  return all(reader, collection, {
    index: 'waiting',
    where: { state: 'pending' },
    range: { field: 'dueFirstAtMs', below: before },
    order: 'ascending',
    limit: 100,
  });
}
