import { userRegistered } from '../../events/userRegistered.ts';
import { reconcile } from '../../functions/books/reconcile.ts';
import { login } from '../../functions/identity/login.ts';
import { checkInvariants } from '../../functions/operations/checkInvariants.ts';
import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { watchBacklog } from '../../functions/operations/watchBacklog.ts';
import { watchWaiting } from '../../functions/operations/watchWaiting.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { syncPayments } from '../../functions/payments/syncPayments.ts';

import { AlarmBook, meets } from '../../local/alarmBook.ts';
import { chaosDatabase } from '../../local/database.chaos.ts';
import { wrongBills } from '../../local/simulators/wrongBills.ts';
import { Spread } from '../../local/spread.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import { dayAfter, dayOf, dayStartMs } from '../../shared/domain/day.ts';
import { fail } from '../../shared/errors.ts';
import { DAY_MS, fen, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import { alarms, conditionOf, LINE_FIELDS, queryOf } from '../../tools/alarms.ts';
import { givenChanged } from '../support/given/changed.ts';
import { givenOrder } from '../support/given/order.ts';
import { givenMoney, loseNotices } from '../support/given/payment.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

/** What the database does wrong from now on. */
const faults = { conflict: false };

/** The alarms that are on after the product has really gone through this. */
async function onAfter(
  act: (world: World) => Promise<void>,
  options: WorldOptions = {},
): Promise<readonly string[]> {
  const world = await createWorld(options);
  const { log } = world.ports;
  const book = new AlarmBook(world.clock.now());
  const write = log.write.bind(log);
  log.write = (level, record) => {
    // As it stands in the log: JSON, and nothing below the first layer.
    const line: Record<string, unknown> = JSON.parse(JSON.stringify({ level, ...record }));
    for (const [name, value] of Object.entries(line)) if (typeof value === 'object') line[name] = null;
    book.see(line, world.clock.now());
    write(level, record);
  };
  try {
    await act(world);
    return book
      .states(world.clock.now())
      .filter(({ isOn }) => isOn)
      .map(({ alarm }) => alarm.id);
  } finally {
    faults.conflict = false;
    await world.close();
  }
}

const watched = async (world: World) => void (await world.run(watchBacklog));

async function paid(world: World, name = 'alice', isHeard = true) {
  const buyer = await world.login(name);
  if (!isHeard) loseNotices(world);
  const order = await givenOrder(world, buyer);
  await givenMoney(world, buyer, order);
  if (isHeard) await world.drain();
  return order;
}

async function nextMorning(world: World): Promise<void> {
  const tomorrow = dayStartMs(dayAfter(dayOf(world.clock.now()), 1));
  world.clock.advance(tomorrow + 10.5 * HOUR_MS - world.clock.now());
  await world.run(reconcile);
}

async function untilNight(world: World): Promise<void> {
  const tomorrow = dayStartMs(dayAfter(dayOf(world.clock.now()), 1));
  world.clock.advance(tomorrow + 3.5 * HOUR_MS - world.clock.now());
}

const refusedBy = (world: World, code: string) => {
  world.wechatPay.refusing = {
    path: /./,
    status: 403,
    words: { code, message: '无权限' },
    isSigned: true,
  };
};

interface Scene {
  readonly on: (world: World) => Promise<void>;
  /** As near as possible, without the alarm. */
  readonly off: (world: World) => Promise<void>;
  readonly options?: WorldOptions;
}

const scenes: Readonly<Record<string, Scene>> = {
  'paid-unheard': {
    on: async (world) => {
      world.clock.advance(61 * MINUTE_MS);
      await paid(world, 'alice', false);
      world.clock.advance(30 * SECOND_MS);
      await world.run(syncPayments);
    },
    off: async (world) => {
      world.clock.advance(61 * MINUTE_MS);
      await paid(world, 'bob');
      await paid(world, 'alice', false);
      world.clock.advance(30 * SECOND_MS);
      await world.run(syncPayments);
    },
  },
  'server-errors': {
    on: async (world) => {
      const buyer = await world.login('alice');
      const order = await givenOrder(world, buyer);
      world.wechatPay.faults.shares.requestLost = 1;
      for (let n = 0; n < 3; n += 1) await world.call(payOrder, { orderId: order.id }, buyer);
    },
    off: async (world) => {
      const buyer = await world.login('alice');
      const order = await givenOrder(world, buyer);
      world.wechatPay.faults.shares.requestLost = 1;
      for (let n = 0; n < 2; n += 1) await world.call(payOrder, { orderId: order.id }, buyer);
      for (let n = 0; n < 20; n += 1) await world.call(login, { code: 'wrong' });
    },
  },
  'slow-callbacks': {
    on: async (world) => {
      const { wxpay } = world.ports.rails;
      const read = wxpay.readNotice.bind(wxpay);
      jest.spyOn(wxpay, 'readNotice').mockImplementation((...given) => {
        world.clock.advance(2_200);
        return read(...given);
      });
      await paid(world);
    },
    off: async (world) => {
      const { wxpay } = world.ports.rails;
      const read = wxpay.readNotice.bind(wxpay);
      jest.spyOn(wxpay, 'readNotice').mockImplementation((...given) => {
        world.clock.advance(1_800);
        return read(...given);
      });
      await paid(world);
    },
  },
  'refused-as-ours': {
    on: async (world) => {
      const buyer = await world.login('alice');
      const order = await givenOrder(world, buyer);
      refusedBy(world, 'NO_AUTH');
      await world.call(payOrder, { orderId: order.id }, buyer);
    },
    off: async (world) => {
      const buyer = await world.login('alice');
      const order = await givenOrder(world, buyer);
      refusedBy(world, 'FREQUENCY_LIMITED');
      await world.call(payOrder, { orderId: order.id }, buyer);
    },
  },
  'breaker-open': {
    on: async (world) => {
      const buyer = await world.login('alice');
      const order = await givenOrder(world, buyer);
      refusedBy(world, 'NO_AUTH');
      for (let n = 0; n < 3; n += 1) await world.call(payOrder, { orderId: order.id }, buyer);
    },
    off: async (world) => {
      const buyer = await world.login('alice');
      const order = await givenOrder(world, buyer);
      refusedBy(world, 'NO_AUTH');
      for (let n = 0; n < 2; n += 1) await world.call(payOrder, { orderId: order.id }, buyer);
    },
  },
  'dead-tasks': {
    on: async (world) => {
      await world.login('alice');
      await world.drain();
      await watched(world);
    },
    off: async (world) => {
      await world.login('alice');
      await watched(world);
    },
    options: {
      consumers: {
        welcomeNewUser: {
          kind: 'outward',
          contract: { on: userRegistered },
          run: async () => {
            throw fail('course.not_found');
          },
        },
      },
    },
  },
  'late-tasks': {
    on: async (world) => {
      await world.login('alice');
      world.clock.advance(5 * MINUTE_MS + 1);
      await watched(world);
    },
    off: async (world) => {
      await world.login('alice');
      world.clock.advance(5 * MINUTE_MS);
      await watched(world);
      await world.run(sweepTasks);
      world.clock.advance(MINUTE_MS);
      await watched(world);
    },
  },
  conflicts: {
    on: async (world) => {
      faults.conflict = true;
      for (let n = 0; n < 3; n += 1)
        await world.call(login, { code: world.weixin.phone.login('alice').code });
    },
    off: async (world) => {
      faults.conflict = true;
      for (let n = 0; n < 2; n += 1)
        await world.call(login, { code: world.weixin.phone.login('alice').code });
      faults.conflict = false;
      await world.login('alice');
    },
    options: {
      database: (inner, { clock }) =>
        chaosDatabase(inner, {
          clock,
          conflict: 1,
          random: () => (faults.conflict ? 0 : 1),
          pause: async () => undefined,
        }),
    },
  },
  'timers-silent': {
    on: async (world) => {
      await watched(world);
      world.clock.advance(10 * MINUTE_MS);
    },
    off: async (world) => {
      for (let minute = 0; minute < 12; minute += 1) {
        world.clock.advance(MINUTE_MS);
        await watched(world);
      }
    },
  },
  'look-failed': {
    on: async (world) => {
      const { id } = await paid(world);
      await givenChanged(world, orders, id, { payableFen: fen(1) });
      await untilNight(world);
      await world.run(checkInvariants);
    },
    off: async (world) => {
      await paid(world);
      await untilNight(world);
      await world.run(checkInvariants);
    },
  },
  'look-absent': {
    on: async (world) => {
      await watched(world);
      world.clock.advance(26 * HOUR_MS + 1);
      await watched(world);
    },
    off: async (world) => {
      await watched(world);
      await untilNight(world);
      await world.run(checkInvariants);
      world.clock.advance(26 * HOUR_MS);
      await watched(world);
    },
  },
  'waiting-long': {
    on: async (world) => {
      await world.login('alice');
      world.clock.advance(21 * HOUR_MS);
      await world.run(watchWaiting);
      await watched(world);
    },
    off: async (world) => {
      await world.login('alice');
      await world.drain();
      world.clock.advance(21 * HOUR_MS);
      await world.run(watchWaiting);
      await watched(world);
    },
  },
  differences: {
    on: async (world) => {
      await paid(world);
      world.wechatPay.bills.planted = wrongBills.amount;
      await nextMorning(world);
      await watched(world);
    },
    off: async (world) => {
      await paid(world);
      await nextMorning(world);
      await watched(world);
    },
  },
};

describe('each alarm', () => {
  test('has a scene here', () => {
    expect(Object.keys(scenes).sort()).toEqual(alarms.map(({ id }) => id).sort());
  });

  test.each(Object.keys(scenes))('%s is on when it should be, and off when not', async (id) => {
    const { on, off, options = {} } = scenes[id] ?? { on: watched, off: watched };
    expect(await onAfter(on, options)).toContain(id);
    expect(await onAfter(off, options)).not.toContain(id);
  });

  test('is off again once its window is over', async () => {
    const dead = scenes['dead-tasks'];
    const after = await onAfter(async (world) => {
      await dead?.on(world);
      world.clock.advance(6 * MINUTE_MS);
    }, dead?.options);
    expect(after).not.toContain('dead-tasks');
  });

  test('a shop that does well has none', async () => {
    expect(
      await onAfter(async (world) => {
        await watched(world);
        for (let n = 0; n < 3; n += 1) await paid(world, `buyer${n}`);
        for (let minute = 0; minute < 60; minute += 1) {
          world.clock.advance(MINUTE_MS);
          await world.run(syncPayments);
          await world.run(closeExpiredOrders);
          await watched(world);
        }
      }),
    ).toEqual([]);
  });
});

describe('as the log service takes it', () => {
  const query = (id: string) => {
    const alarm = alarms.find((each) => each.id === id);
    return alarm === undefined ? null : [queryOf(alarm), conditionOf(alarm)];
  };

  test('a query selects one row, and the condition speaks of it', () => {
    expect(query('dead-tasks')).toEqual([
      'oldestTaskMs:* | SELECT max("deadTasks") AS "dead"',
      '$1.dead > 0',
    ]);
    expect(query('server-errors')).toEqual([
      'kind:("http" OR "callback") | SELECT count_if("status" >= 500) * 100.0 / nullif(count(*), 0) AS "percent", ' +
        'count_if("status" >= 500) AS "failures"',
      '$1.percent > 0.5 && $1.failures > 2',
    ]);
    expect(query('slow-callbacks')).toEqual([
      'kind:"callback" | SELECT approx_percentile("ms", 0.99) AS "p99"',
      '$1.p99 > 2000',
    ]);
    expect(query('paid-unheard')?.[1]).toBe('$1.asked > 0 && $1.told < 1');
  });

  test('every field is indexed, numbers as numbers, and no window is longer than a day', () => {
    for (const alarm of alarms) {
      const clauses = Object.values(alarm.figures).flatMap((figure) =>
        'count' in figure ? [figure.count] : 'percent' in figure ? [figure.percent] : [],
      );
      for (const clause of [...alarm.among, ...clauses])
        expect([clause, LINE_FIELDS[clause.field]]).toEqual([
          clause,
          'atLeast' in clause ? 'long' : 'isOneOf' in clause ? 'text' : expect.any(String),
        ]);
      for (const figure of Object.values(alarm.figures)) {
        if ('max' in figure) expect(LINE_FIELDS[figure.max]).toBe('long');
        if ('p99' in figure) expect(LINE_FIELDS[figure.p99]).toBe('long');
      }
      expect(alarm.windowMinutes * MINUTE_MS).toBeLessThanOrEqual(DAY_MS);
      expect(alarm.when.map(({ figure }) => figure).filter((name) => !(name in alarm.figures))).toEqual([]);
      expect([alarm.zh.title, alarm.zh.text].every((words) => /\p{Script=Han}/u.test(words))).toBe(true);
    }
  });

  test('a clause is met by what is there, and by nothing else', () => {
    expect(meets({ status: 500 }, { field: 'status', atLeast: 500 })).toBe(true);
    expect(meets({ status: 499 }, { field: 'status', atLeast: 500 })).toBe(false);
    expect(meets({ paid: null }, { field: 'paid', isThere: true })).toBe(false);
    expect(meets({ oldestTaskMs: 0 }, { field: 'oldestTaskMs', isThere: true })).toBe(true);
  });
});

test('a spread knows its quantiles to within three percent', () => {
  const spread = new Spread();
  for (let value = 1; value <= 1_000; value += 1) spread.add(value);
  for (const share of [0.5, 0.9, 0.99]) {
    const told = spread.quantile(share) ?? 0;
    expect(Math.abs(told - share * 1_000)).toBeLessThan(share * 30);
  }
  expect(new Spread().quantile(0.5)).toBeNull();
});
