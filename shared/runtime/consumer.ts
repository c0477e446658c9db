/** Runs a consumer for one event. Its task is the source of truth; a broker message is only the signal. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import * as cases from '../data/operations/cases.ts';
import * as tasks from '../data/tasks.ts';
import { AppError, codeOf, errors, isNoTry } from '../errors.ts';
import type { AnyFunction, Consumed, ConsumerFunction, OutwardFunction } from '../function.ts';
import type { Tx } from '../ports/database.ts';
import type { Ports } from '../ports/ports.ts';
import { MINUTE_MS, OrderId, SECOND_MS, type TimeMs, timeMs } from '../schemas/base.ts';
import type { Task } from '../schemas/task.ts';
import { describeCaught } from './caught.ts';
import { traceOfRequest } from './trace.ts';
import { Watched } from './watched.ts';

/** A function that runs for an event. */
export type Consumer = Extract<AnyFunction, { kind: 'consumer' | 'outward' }>;

/** The consumers of a host, by name, of which some may have to be loaded. */
export type ConsumerOf = (name: string) => Promise<Consumer> | Consumer | undefined;

/** How many failures other than temporary ones (`retry: 'later'`) a task may have before it is given up. */
export const FAULTS_MAX = 8;

/**
 * How many times a task may fail in total. With an average pause of 15 minutes that is about a month, longer than
 * any holiday.
 */
export const ATTEMPTS_MAX = 3_000;

/**
 * Why a task is given up. `unreadable`: its payload does not fit the present schema. `hopeless`: a catalogued error
 * that no retry can change. `faults` and `attempts`: it failed too often, with errors of its own or at all. The runbook
 * says what to do after each.
 */
export const DEATHS = ['unreadable', 'hopeless', 'faults', 'attempts'] as const;
type Death = (typeof DEATHS)[number];

const BACKOFF_FIRST_MS = 5 * SECOND_MS;
const BACKOFF_MAX_MS = 30 * MINUTE_MS;
/** How long a task waits after a failure that does not count as a try: a random time up to half a minute. */
const NO_TRY_PAUSE_MAX_MS = 30 * SECOND_MS;

const REASON_CHARACTERS_MAX = 1000;

/** A payload that does not fit the present schema of its event. Retrying cannot help. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

interface Running {
  readonly name: string;
  readonly eventId: string;
  readonly ports: Ports;
  readonly now: TimeMs;
  /** Is told of the task once it has been read. */
  readonly note: (task: Task) => void;
}

function read(own: Consumer, task: Task): unknown {
  const parsed = own.contract.on.schema.safeParse(task.event.data);
  if (!parsed.success) throw new Unreadable('the payload does not fit its schema', { cause: parsed.error });
  return parsed.data;
}

async function pending(tx: Tx, { name, eventId, note }: Running): Promise<Task | null> {
  const task = await tasks.find(tx, tasks.taskId(name, eventId));
  if (task !== null) note(task);
  return task?.state === 'pending' ? task : null;
}

function end(tx: Tx, task: Task, now: TimeMs): Promise<void> {
  const nextAtMs = timeMs(now + tasks.DONE_KEPT_MS);
  return tasks.save(tx, task, { ...task, state: 'done', nextAtMs, updatedAtMs: now });
}

/** Runs the effect and ends the task in one transaction. */
function consume(own: ConsumerFunction, running: Running): Promise<Consumed> {
  const { ports, now } = running;
  return ports.database.tx(async (tx) => {
    const task = await pending(tx, running);
    if (task === null) return 'skipped';
    const { event } = task;
    const { requestId } = event;
    await own.run({
      now,
      ports,
      requestId,
      data: read(own, task),
      event,
      tx,
      emit: (...facts) => tasks.append(tx, facts, { now, requestId }),
    });
    await end(tx, task, now);
    return 'done';
  });
}

/** Marks a task whose run may take long, so that it is not run again before `budgetMs` have passed. */
function begun(running: Running, budgetMs: number): Promise<Task | null> {
  const { ports, now } = running;
  return ports.database.tx(async (tx) => {
    const task = await pending(tx, running);
    if (task === null) return null;
    await tasks.save(tx, task, { ...task, nextAtMs: timeMs(now + budgetMs), updatedAtMs: now });
    return task;
  });
}

/** Performs the effect outside, then records it and ends the task in one transaction. */
async function reach(own: OutwardFunction, running: Running): Promise<Consumed> {
  const { ports, now, name, eventId } = running;
  const { budgetMs } = own.contract;
  const task =
    budgetMs === undefined
      ? await ports.database.find(tasks.collection, tasks.taskId(name, eventId))
      : await begun(running, budgetMs);
  if (task !== null) running.note(task);
  if (task?.state !== 'pending') return 'skipped';
  const { event } = task;
  const record = await own.run({ now, ports, requestId: event.requestId, data: read(own, task), event });
  return ports.database.tx(async (tx) => {
    const still = await pending(tx, running);
    if (still === null) return 'skipped';
    await record(tx);
    await end(tx, still, now);
    return 'done';
  });
}

/** Why a task that has failed so often, last in this way, is given up; null when it is tried again. */
function deathOf({ attempts, faults }: Pick<Task, 'attempts' | 'faults'>, caught: unknown): Death | null {
  if (caught instanceof Unreadable) return 'unreadable';
  const code = codeOf(caught);
  if (code !== null && errors[code].retry === 'never') return 'hopeless';
  if (faults >= FAULTS_MAX) return 'faults';
  return attempts >= ATTEMPTS_MAX ? 'attempts' : null;
}

/**
 * The new state of a failed task: pending again after a growing pause with full jitter (exponential backoff), or
 * dead with the reason. A failure that is no try (`isNoTry`) does not count and does not lengthen the pause.
 */
function failed(
  task: Task,
  caught: unknown,
  now: TimeMs,
  random: () => number,
): { readonly after: Task; readonly death: Death | null } {
  const reason = reasonOf(caught).slice(0, REASON_CHARACTERS_MAX);
  if (isNoTry(caught)) {
    const nextAtMs = timeMs(now + SECOND_MS + Math.floor(random() * NO_TRY_PAUSE_MAX_MS));
    return { after: { ...task, nextAtMs, reason, updatedAtMs: now }, death: null };
  }
  const code = codeOf(caught);
  const retry = code === null ? null : errors[code].retry;
  const attempts = task.attempts + 1;
  const faults = task.faults + (retry === 'later' ? 0 : 1);
  const death = deathOf({ attempts, faults }, caught);
  const pauseMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(task.attempts, 20));
  const nextAtMs = death !== null ? now : timeMs(now + Math.floor(random() * pauseMs));
  const state = death === null ? 'pending' : 'dead';
  return { after: { ...task, state, attempts, faults, nextAtMs, reason, updatedAtMs: now }, death };
}

function reasonOf(caught: unknown): string {
  if (caught instanceof AppError) return caught.message;
  return caught instanceof Error ? `${caught.name}: ${caught.message}` : String(caught);
}

/** What an event is about, as far as it says so. */
const About = z.object({
  orderId: OrderId.nullable().catch(null),
  refundId: z.string().max(64).nullable().catch(null),
});

/** Opens a case for a dead task, once for each of its deaths. */
function openCase(
  tx: Tx,
  { id, consumer, attempts, reason, deaths, event }: Task,
  now: TimeMs,
): Promise<void> {
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 32);
  const about = About.safeParse(event.data).data;
  const isRefund = (about?.refundId ?? null) !== null;
  const opened = {
    kind: isRefund ? ('refund_dead' as const) : ('task_dead' as const),
    cause: `${consumer}:${digest}:${deaths.length + 1}`,
    story: `任务 ${id} 失败 ${attempts} 次后不再重试：${reason}`,
    ...about,
  };
  return cases.open(tx, opened, now);
}

/**
 * Records the failure, and opens a case when it was the last one. If even that fails the task stays as it is, and
 * `sweepTasks` runs it again.
 */
async function record(
  running: Running,
  caught: unknown,
): Promise<{ readonly task: Task['state'] | 'unrecorded'; readonly death?: Death }> {
  const { ports } = running;
  const now = ports.clock.now();
  try {
    return await ports.database.tx(async (tx) => {
      const task = await pending(tx, running);
      if (task === null) return { task: 'done' };
      const { after, death } = failed(task, caught, now, () => ports.ids.random());
      await tasks.save(tx, task, after);
      if (death === null) return { task: after.state };
      await openCase(tx, after, now);
      return { task: after.state, death };
    });
  } catch (second) {
    ports.log.write('error', { eventId: running.eventId, ...describeCaught(second) });
    return { task: 'unrecorded' };
  }
}

/**
 * Runs the consumer for one event if its task is still pending. The effect happens exactly once, however often this
 * is called. The broker is rung for the facts it appended once they are committed. A failure is recorded in the task
 * and then thrown, because a platform takes a returned value for success.
 * @throws what the consumer threw
 */
export async function runConsumer(
  name: string,
  own: Consumer,
  eventId: string,
  ports: Ports,
): Promise<Consumed> {
  const watched = new Watched(ports, { function: name, kind: own.kind, cause: null });
  let about: Readonly<Record<string, unknown>> = { eventId };
  const note = ({ event, attempts }: Task) => {
    const { requestId, traceId = traceOfRequest(requestId) } = event;
    watched.follows({ requestId, traceId });
    const ageMs = watched.startedAtMs - event.occurredAtMs;
    about = { eventId, topic: event.name, ageMs, attempt: attempts + 1 };
  };
  const running: Running = { name, eventId, now: watched.startedAtMs, ports: watched.ports, note };
  try {
    const consumed = await (own.kind === 'consumer' ? consume(own, running) : reach(own, running));
    watched.tell('info', { ...about, outcome: consumed });
    return consumed;
  } catch (caught) {
    const failure = { ...about, outcome: 'failed', code: codeOf(caught) ?? 'internal' };
    const recorded = await record({ ...running, note: () => undefined }, caught);
    const level = recorded.task === 'dead' || codeOf(caught) === null ? 'error' : 'warn';
    watched.tell(level, { ...failure, ...recorded, ...describeCaught(caught) });
    throw caught;
  } finally {
    await watched.ring();
  }
}
