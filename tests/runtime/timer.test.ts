import { orderPaid } from '../../events/orderPaid.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { fact } from '../../shared/event.ts';
import { type TimerFunction, timer } from '../../shared/function.ts';
import { createTimers, parseCron } from '../../shared/runtime/timers.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

describe('a run', () => {
  test('has the time that its contract gives it, and no more', async () => {
    const seen: boolean[] = [];
    const own = timer({ cron: '0 * * * * * *', budgetMs: 1000 }, async ({ hasTime }) => {
      for (const step of [0, 999, 1]) {
        world.clock.advance(step);
        seen.push(hasTime());
      }
      return {};
    });
    await world.run(own);
    expect(seen).toEqual([true, true, false]);
  });

  test('logs what it counted, and what it threw', async () => {
    const fails = [false, true];
    const own = timer({ cron: '0 * * * * * *', budgetMs: 1000 }, async () => {
      if (fails.shift()) throw new Error('the third');
      return { rung: 3 };
    });
    expect(await world.run(own)).toEqual({ rung: 3 });
    await expect(world.run(own)).rejects.toThrow('the third');
    expect(world.logs).toEqual([
      expect.objectContaining({ kind: 'timer', outcome: 'ok', counts: { rung: 3 } }),
      expect.objectContaining({
        level: 'error',
        outcome: 'failed',
        stack: expect.stringContaining('the third'),
      }),
    ]);
  });

  test('rings for what it told, also when it fails after that', async () => {
    const own = timer({ cron: '0 * * * * * *', budgetMs: 1000 }, async ({ ports, now, requestId }) => {
      await ports.database.tx((tx) =>
        tasks.append(tx, [fact(orderPaid, 'k', orderPaid.example)], { now, requestId }),
      );
      throw new Error('after');
    });
    await expect(world.run(own)).rejects.toThrow('after');
    expect(world.bus.rung).toEqual([{ topic: 'order.paid', eventId: 'order.paid:k' }]);
  });
});

describe('a cron of seven fields', () => {
  const firings = (cron: string, fromAtMs: number, seconds: number) => {
    const fires = parseCron(cron);
    return Array.from({ length: seconds }, (_, index) => index).filter((index) =>
      fires(fromAtMs + index * 1000),
    );
  };
  const midnight = Date.UTC(2026, 10, 22, 16); // 2026-11-23 00:00 in Beijing

  test.each([
    ['*/5 * * * * * *', midnight, 20, [0, 5, 10, 15]],
    ['0 * * * * * *', midnight, 180, [0, 60, 120]],
    ['30 */2 * * * * *', midnight, 300, [30, 150, 270]],
    ['10-12,50 0 0 * * * *', midnight, 120, [10, 11, 12, 50]],
    ['0/20 * * * * * *', midnight, 60, [0, 20, 40]],
    ['0 0 0 * * * *', midnight, 7200, [0]],
    ['0 0 0 23 11 * 2026', midnight, 10, [0]],
    ['0 0 0 * * 1 *', midnight, 10, [0]],
    ['0 0 0 * * 0 *', midnight, 10, []],
  ])('"%s" is read in Beijing time', (cron, from, seconds, expected) => {
    expect(firings(cron, from, seconds)).toEqual(expected);
  });

  test.each([
    '',
    '* * * * *',
    '* * * * * * * *',
    '60 * * * * * *',
    'x * * * * * *',
    '5-1 * * * * * *',
    '*/0 * * * * * *',
    '* * 24 * * * *',
    '* * * 0 * * *',
    '-1 * * * * * *',
  ])('"%s" is refused', (cron) => {
    expect(() => parseCron(cron)).toThrow('cron');
  });
});

describe('on a laptop', () => {
  const starts: string[] = [];
  const waiting: (() => void)[] = [];
  const every = (cron: string, name: string, isSlow = false): TimerFunction =>
    timer({ cron, budgetMs: 1000 }, async () => {
      starts.push(name);
      if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve));
      return {};
    });
  beforeEach(() => {
    starts.length = 0;
  });

  test('each timer starts in each of its seconds once, and after a pause once', async () => {
    const timers = createTimers(
      { five: every('*/5 * * * * * *', 'five'), minute: every('0 * * * * * *', 'minute') },
      world.ports,
    );
    timers.tick();
    expect(starts).toEqual([]);
    for (let step = 0; step < 20; step += 1) {
      world.clock.advance(500);
      timers.tick();
    }
    expect(starts).toEqual(['five', 'five']);
    world.clock.advance(3_600_000);
    timers.tick();
    timers.tick();
    expect(starts).toEqual(['five', 'five', 'five', 'minute']);
    await timers.stop();
  });

  test('a clock that steps back stops no timer until it has caught up', async () => {
    const timers = createTimers({ five: every('*/5 * * * * * *', 'five') }, world.ports);
    world.clock.advance(-3_600_000);
    for (let step = 0; step < 20; step += 1) {
      timers.tick();
      world.clock.advance(500);
    }
    expect(starts).toEqual(['five', 'five']);
    await timers.stop();
  });

  test('a run may overlap the one before it, and stop waits for both and starts no more', async () => {
    const timers = createTimers({ slow: every('* * * * * * *', 'slow', true) }, world.ports);
    for (let step = 0; step < 2; step += 1) {
      world.clock.advance(1000);
      timers.tick();
    }
    expect(starts).toEqual(['slow', 'slow']);
    let isStopped = false;
    const stopped = timers.stop().then(() => {
      isStopped = true;
    });
    world.clock.advance(1000);
    timers.tick();
    await Promise.resolve();
    expect(isStopped).toBe(false);
    for (const resolve of waiting.splice(0)) resolve();
    await stopped;
    expect(starts).toHaveLength(2);
  });

  test('stop takes the time from what runs: it ends after what it is at', async () => {
    const seen: boolean[] = [];
    const own = timer({ cron: '* * * * * * *', budgetMs: 60_000 }, async ({ hasTime }) => {
      seen.push(hasTime());
      await new Promise<void>((resolve) => waiting.push(resolve));
      seen.push(hasTime());
      return {};
    });
    const timers = createTimers({ own }, world.ports);
    world.clock.advance(1000);
    timers.tick();
    await Promise.resolve();
    const stopped = timers.stop();
    for (const resolve of waiting.splice(0)) resolve();
    await stopped;
    expect(seen).toEqual([true, false]);
  });

  test('one that throws is started again in its next second', async () => {
    const own = timer({ cron: '* * * * * * *', budgetMs: 1000 }, async () => {
      starts.push('failing');
      throw new Error('no');
    });
    const timers = createTimers({ own }, world.ports);
    for (let step = 0; step < 3; step += 1) {
      world.clock.advance(1000);
      timers.tick();
    }
    await timers.stop();
    expect(starts).toHaveLength(3);
  });
});
