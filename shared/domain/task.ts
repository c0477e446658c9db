/** When a task is looked at again, and what staff may do with a task that was given up or keeps failing. */
import { fail } from '../errors.ts';
import { MINUTE_MS, SECOND_MS, type TimeMs, timeMs } from '../schemas/base.ts';
import { DEATHS_MAX, type Task } from '../schemas/task.ts';

/** A task this late is no longer left to the broker: the sweep runs it itself. */
const LATE_MS = 30 * SECOND_MS;
const RING_PAUSE_MIN_MS = 5 * SECOND_MS;
/**
 * How long a sweep that runs a task keeps other sweeps away from it. It is longer than a run takes, and short enough
 * when the run dies.
 */
const CLAIM_MS = MINUTE_MS;

/** Whether a task has waited so long that the sweep runs it itself. */
export function isLate({ dueFirstAtMs }: Task, now: TimeMs): boolean {
  return now - dueFirstAtMs >= LATE_MS;
}

/**
 * The task to save before a sweep rings for it or runs it; null when it is not due. The next ring follows after as
 * long as the task has waited so far (exponential backoff). Once the task is late it is run instead.
 *
 * Example: a task due 8 s ago is rung for now, and again in 8 s.
 */
export function swept(task: Task, now: TimeMs): Task | null {
  if (task.state !== 'pending' || task.nextAtMs > now) return null;
  const { dueFirstAtMs } = task;
  const ringAgainAtMs = Math.min(
    now + Math.max(RING_PAUSE_MIN_MS, now - dueFirstAtMs),
    dueFirstAtMs + LATE_MS,
  );
  return { ...task, nextAtMs: timeMs(isLate(task, now) ? now + CLAIM_MS : ringAgainAtMs), updatedAtMs: now };
}

/** The task with its latest death added to `deaths`. For a task that is not dead, its failures so far are added. */
function remembered(task: Task): Task {
  const { attempts, faults, reason, updatedAtMs: diedAtMs } = task;
  return { ...task, deaths: [...task.deaths, { attempts, faults, reason, diedAtMs }].slice(-DEATHS_MAX) };
}

/**
 * The task, pending again and due now. It may have been dead or buried. A pending or done task is returned
 * unchanged.
 */
export function replayed(task: Task, now: TimeMs): Task {
  if (task.state === 'pending' || task.state === 'done') return task;
  const { deaths } = task.state === 'dead' ? remembered(task) : task;
  const anew = {
    state: 'pending',
    attempts: 0,
    faults: 0,
    reason: null,
    nextAtMs: now,
    dueFirstAtMs: now,
  } as const;
  return { ...task, ...anew, deaths, updatedAtMs: now };
}

/**
 * The task, buried: it will not be tried again. `reason` is what staff say. It must be dead, or pending with
 * failures. A buried task is returned unchanged.
 * @throws task.not_dead
 */
export function buried(task: Task, reason: string, now: TimeMs): Task {
  if (task.state === 'buried') return task;
  const isFailing = task.state === 'pending' && task.attempts > 0;
  if (task.state !== 'dead' && !isFailing) throw fail('task.not_dead', { params: { state: task.state } });
  return { ...remembered(task), state: 'buried', reason, nextAtMs: now, updatedAtMs: now };
}
