import fc from 'fast-check';
import { isLate, replayed, swept } from '../../shared/domain/task.ts';
import { MINUTE_MS, SECOND_MS, timeMs } from '../../shared/schemas/base.ts';
import type { Task } from '../../shared/schemas/task.ts';

const MADE_AT_MS = timeMs(1_795_000_000_000);

/** A new task. In its first ten seconds it is only rung for. */
function newTask(): Task {
  const event = { id: 'a.b:1', name: 'a.b', version: 1, occurredAtMs: MADE_AT_MS, requestId: 'r', data: {} };
  const times = { dueFirstAtMs: MADE_AT_MS, createdAtMs: MADE_AT_MS, updatedAtMs: MADE_AT_MS };
  const tried = { state: 'pending', attempts: 0, faults: 0, reason: null } as const;
  return {
    id: 'c:a.b:1',
    consumer: 'c',
    event,
    ...tried,
    deaths: [],
    ...times,
    nextAtMs: timeMs(MADE_AT_MS + 10_000),
  };
}

describe('a sweep', () => {
  test('however often it comes, a task that nobody does is run by it soon after 30 seconds, and never gets younger', () => {
    const pauses = fc.array(fc.integer({ min: 1, max: 10 * SECOND_MS }), { minLength: 30, maxLength: 200 });
    fc.assert(
      fc.property(pauses, (sweepsMs) => {
        let task = newTask();
        let now = MADE_AT_MS;
        let lastMs = 0;
        const runsAtMs: number[] = [];
        for (const pauseMs of sweepsMs) {
          lastMs = now;
          now = timeMs(now + pauseMs);
          const after = swept(task, now);
          if (after === null) continue;
          if (isLate(task, now)) runsAtMs.push(now - MADE_AT_MS);
          expect(after.dueFirstAtMs).toBe(MADE_AT_MS);
          expect(after.nextAtMs).toBeGreaterThan(now);
          task = after;
        }
        const [first = null] = runsAtMs;
        // The first sweep after half a minute runs it.
        if (lastMs >= MADE_AT_MS + 30 * SECOND_MS) expect(first).not.toBeNull();
        if (first !== null) expect(first).toBeLessThan(40 * SECOND_MS);
        runsAtMs.slice(1).forEach((atMs, n) => {
          expect(atMs - (runsAtMs[n] ?? 0)).toBeGreaterThanOrEqual(MINUTE_MS);
        });
      }),
    );
  });

  test('leaves alone what is not due, and what does not wait', () => {
    const task = newTask();
    expect(swept(task, timeMs(MADE_AT_MS + 9_999))).toBeNull();
    for (const state of ['done', 'dead', 'buried'] as const)
      expect(swept({ ...task, state }, timeMs(MADE_AT_MS + MINUTE_MS))).toBeNull();
  });

  test('a task that staff bring back is as young as a new one', () => {
    const now = timeMs(MADE_AT_MS + 60 * MINUTE_MS);
    const dead: Task = { ...newTask(), state: 'dead', attempts: 8, faults: 8 };
    expect(replayed(dead, now)).toMatchObject({ state: 'pending', dueFirstAtMs: now });
  });
});
