/** When a task is looked at again, and what staff may do with one that was given up, or should be. */
import { fail } from '../errors.ts';
import { MINUTE_MS, SECOND_MS, type TimeMs, timeMs } from '../schemas/base.ts';
import { DEATHS_MAX, type Task } from '../schemas/task.ts';

/** How late a task is when the doorbell is no longer trusted: the sweep runs it then. */
const LATE_MS = 30 * SECOND_MS;
const RING_PAUSE_MIN_MS = 5 * SECOND_MS;
/** How long a sweep that runs a task keeps others from it: longer than a run takes, and short when the run dies. */
const CLAIM_MS = MINUTE_MS;

/** Whether a task has waited for so long that the sweep runs it itself. */
export function isLate({ dueFirstAtMs }: Task, now: TimeMs): boolean {
  return now - dueFirstAtMs >= LATE_MS;
}

/**
 * The task as it is saved before a sweep rings for it or runs it; null when its time has not come. A ring is followed by
 * another after as long as the task has waited, or by a run once it is late.
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

/** The task with its last death, or how it failed until now, among the others. */
function remembered(task: Task): Task {
  const { attempts, faults, reason, updatedAtMs: diedAtMs } = task;
  return { ...task, deaths: [...task.deaths, { attempts, faults, reason, diedAtMs }].slice(-DEATHS_MAX) };
}

/** The task, to be tried anew from now on; one that was buried too. What is pending or done stays as it is. */
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
 * The task, never to be tried again, with what staff say of it: one that was given up, or that fails again and again. One
 * that is buried stays as it is. @throws task.not_dead
 */
export function buried(task: Task, reason: string, now: TimeMs): Task {
  if (task.state === 'buried') return task;
  const isFailing = task.state === 'pending' && task.attempts > 0;
  if (task.state !== 'dead' && !isFailing) throw fail('task.not_dead', { params: { state: task.state } });
  return { ...remembered(task), state: 'buried', reason, nextAtMs: now, updatedAtMs: now };
}
