/** What staff may do with a task that was given up, or should be. */
import { fail } from '../errors.ts';
import type { TimeMs } from '../schemas/base.ts';
import { DEATHS_MAX, type Task } from '../schemas/task.ts';

/** The task with its last death, or how it failed until now, among the others. */
function remembered(task: Task): Task {
  const { attempts, faults, reason, updatedAtMs: diedAtMs } = task;
  return { ...task, deaths: [...task.deaths, { attempts, faults, reason, diedAtMs }].slice(-DEATHS_MAX) };
}

/** The task, to be tried anew from now on; one that was buried too. What is pending or done stays as it is. */
export function replayed(task: Task, now: TimeMs): Task {
  if (task.state === 'pending' || task.state === 'done') return task;
  const { deaths } = task.state === 'dead' ? remembered(task) : task;
  const anew = { state: 'pending', attempts: 0, faults: 0, reason: null, nextAtMs: now } as const;
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
