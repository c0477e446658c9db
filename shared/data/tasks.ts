/** Tasks: the truth about what still has to happen. One for each consumer of each fact. */
import { consumers } from '../consumers.ts';
import type { Fact } from '../event.ts';
import type { Reader, Tx } from '../ports.ts';
import { type TimeMs, timeMs } from '../schemas/base.ts';
import { Task } from '../schemas/task.ts';
import { defineCollection } from './collection.ts';

/** Stored tasks; `due` finds those that wait and whose time has come. */
export const collection = defineCollection({
  name: 'tasks',
  schema: Task,
  version: 1,
  indexes: { due: { fields: ['state', 'nextAtMs'] } },
});

/** How long the doorbell has before `sweepTasks` rings again for a new task. */
const FIRST_SWEEP_MS = 10_000;

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
        reason: null,
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

/** Stores a task's new state. */
export function save(tx: Tx, task: Task): Promise<void> {
  return tx.update(collection, task);
}

/** Up to `limit` pending tasks whose time has come, longest waiting first. */
export async function due(reader: Reader, now: TimeMs, limit: number): Promise<readonly Task[]> {
  const page = await reader.list(collection, {
    index: 'due',
    where: { state: 'pending' },
    range: { field: 'nextAtMs', below: now + 1 },
    order: 'ascending',
    limit,
    cursor: null,
  });
  return page.items;
}
