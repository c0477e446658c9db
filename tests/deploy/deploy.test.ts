import { comparable } from '../../local/simulators/tencent/state.ts';
import { nameOf } from '../../tools/deploy/desired.ts';
import { describe as textOf } from '../../tools/deploy/mark.ts';
import type { Step } from '../../tools/deploy/plan.ts';
import { seed, seeded } from '../support/seeded.ts';
import { desiredOf, Killed, laterOf, stageOf, WHOLE } from './support/stage.ts';

type Stage = ReturnType<typeof stageOf>;

const first = desiredOf('one');
const second = laterOf('two');
const aliasOf = (stage: Stage, unit: string) =>
  stage.fake.state.functions[`zhike-test/${unit}`]?.aliases.$DEFAULT;

/** Deploys until it ends with 0, at most so many times. */
async function untilThrough(run: () => Promise<number>, timesMax = 12): Promise<number> {
  for (let times = 1; times <= timesMax; times += 1) {
    const code = await run().catch((caught: unknown) => {
      if (caught instanceof Error && ['Killed', 'CloudError'].includes(caught.name)) return 1;
      throw caught;
    });
    if (code === 0) return times;
  }
  throw new Error(`it did not end in ${timesMax} runs`);
}

/** What a first deployment tells. */
const EVERYTHING = [
  '+ namespace zhike-test',
  '+ log topic zhike-test, kept for 30 days',
  '+ log index, 2 fields',
  '+ ops: function, event, 256 MB, 900 s, code',
  "~ ops: the platform's own log lines are left out",
  '+ ops: version R',
  '+ events: function, event, 256 MB, 60 s, code',
  "~ events: the platform's own log lines are left out",
  '+ events: version R',
  '+ minute: function, event, 256 MB, 60 s, code',
  "~ minute: the platform's own log lines are left out",
  '+ minute: version R',
  '+ pay: function, web, 256 MB, 60 s, code',
  "~ pay: the platform's own log lines are left out",
  '+ pay: version R',
  '+ api: function, web, 512 MB, 60 s, code',
  "~ api: the platform's own log lines are left out",
  '+ api: version R',
  '> ops migrate: what the release adds to the database',
  '  migrate is done',
  '> ops probe: what the database promises',
  '  probe is done',
  '~ ops: $DEFAULT $LATEST → R',
  '~ ops: retries the default → 2 in 3600 s',
  '~ events: $DEFAULT $LATEST → R',
  '~ events: retries the default → 2 in 3600 s',
  '~ minute: $DEFAULT $LATEST → R',
  '+ minute: timer sweepTasks */5 * * * * * *',
  '+ minute: timer closeExpiredOrders 0 * * * * * *',
  '~ minute: retries the default → 2 in 3600 s',
  '~ pay: $DEFAULT $LATEST → R',
  '+ pay: http url',
  '~ pay: reserved nothing → 2560 MB',
  '~ api: $DEFAULT $LATEST → R',
  '+ api: http url',
  '+ domain api.shop.test: /api/pay/* → zhike-test/pay@$DEFAULT, /* → zhike-test/api@$DEFAULT',
  '> smoke test of api.shop.test',
  '> ops migrate --old-is-gone: what the old release has written meanwhile',
  '  migrate is done',
  '+ alarm zhike-test dead tasks',
  '~ ops: R is through',
  'R is deployed',
];

describe('a deployment into an empty account', () => {
  test('makes everything, tells each step, and a further run writes nothing', async () => {
    const stage = stageOf();
    expect(await stage.deploy(first)).toBe(0);
    const release = nameOf(first.release);
    const told = stage
      .lines()
      .map((line) => line.replaceAll(release, 'R').replace(/code #[0-9a-f]{12}$/, 'code'));
    expect(told).toEqual(EVERYTHING);
    for (const { name } of first.units) {
      const own = stage.fake.state.functions[`zhike-test/${name}`];
      expect(own).toMatchObject({ tags: { zhike: 'test' }, latest: { ignoresSystemLog: true } });
      expect(own?.versions).toMatchObject({ 1: { description: release } });
    }
    expect(aliasOf(stage, 'api')).toEqual({
      version: '1',
      description: `${release} after nothing`,
      weights: {},
    });
    expect(aliasOf(stage, 'ops')?.description).toBe(`${release} after nothing settled`);

    const writes = stage.fake.writes.length;
    expect(await stage.deploy(first)).toBe(0);
    expect(stage.fake.writes.length).toBe(writes);
    expect(stage.lines()).toEqual(['nothing is to change']);
  });

  test('works where a new function has no alias yet, and where its role is answered as a whole resource', async () => {
    const stage = stageOf({ hasDefaultAlias: false });
    expect(await stage.deploy(first)).toBe(0);
    expect(aliasOf(stage, 'api')?.version).toBe('1');
    for (const own of Object.values(stage.fake.state.functions))
      own.latest.role = 'qcs::cam::uin/1:roleName/zhike';
    const writes = stage.fake.writes.length;
    expect(await stage.deploy(first)).toBe(0);
    expect(stage.fake.writes.length).toBe(writes);
  });

  test('a release of the same code from another commit is the same release', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    const writes = stage.fake.writes.length;
    expect(await stage.deploy({ ...first, release: { ...first.release, commit: 'another' } })).toBe(0);
    expect(stage.fake.writes.length).toBe(writes);
  });
});

/** What each step writes, as the platform calls it. */
const ACTIONS: Readonly<Record<Step['do'], string | null>> = {
  createNamespace: 'CreateNamespace',
  createLogTopic: 'CreateTopic',
  createIndex: 'CreateIndex',
  modifyIndex: 'ModifyIndex',
  createTopic: 'CreateCmqTopic',
  createFunction: 'CreateFunction',
  updateCode: 'UpdateFunctionCode',
  configure: 'UpdateFunctionConfiguration',
  publish: 'PublishVersion',
  run: 'InvokeFunction',
  switch: 'UpdateAlias',
  createTrigger: 'CreateTrigger',
  updateTrigger: 'UpdateTrigger',
  deleteTrigger: 'DeleteTrigger',
  setRetries: 'UpdateFunctionEventInvokeConfig',
  reserve: 'PutReservedConcurrencyConfig',
  createDomain: 'CreateCustomDomain',
  updateDomain: 'UpdateCustomDomain',
  subscribe: 'CreateCmqSubscribe',
  smoke: null,
  createAlarm: 'CreateAlarm',
  modifyAlarm: 'ModifyAlarm',
  deleteVersion: 'DeleteFunctionVersion',
};

describe('a plan', () => {
  test.each([
    ['into an empty account', null, first],
    ['of a later release', first, second],
    ['of nothing', second, second],
  ])('%s writes nothing, and lists exactly what is then done', async (_, standing, wanted) => {
    const stage = stageOf();
    if (standing !== null) await stage.deploy(standing);
    stage.lines();
    const before = stage.fake.writes.length;
    expect(await stage.deploy(wanted, { isPlanOnly: true })).toBe(standing === wanted ? 0 : 2);
    expect(stage.fake.writes.length).toBe(before);
    const planned = stage.lines();
    await stage.deploy(wanted);
    const done = stage.lines().filter((line) => !line.startsWith('  '));
    expect(done.slice(0, -1)).toEqual(planned.slice(0, -1));
    const told = planned.slice(0, -1).filter((line) => !line.startsWith('> smoke'));
    expect(stage.fake.writes.length - before).toBe(told.length);
  });

  test('each write is a step’s own, in their order', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    const { planOf } = await import('../../tools/deploy/plan.ts');
    const { readActual, Reader } = await import('../../tools/deploy/actual.ts');
    const reader = new Reader(stage.cloud, stage.pace, second);
    const { steps } = planOf(second, await readActual(reader, second), WHOLE);
    const before = stage.fake.writes.length;
    await stage.deploy(second);
    const expected = steps.map((step) => ACTIONS[step.do]).filter((action) => action !== null);
    expect(stage.fake.writes.slice(before).map(({ action }) => action)).toEqual(expected);
  });

  test('secrets are told as short hashes, old and new', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    stage.lines();
    const units = first.units.map((unit) => ({
      ...unit,
      environment: { ...unit.environment, CONFIG_KEY: 'new key' },
    }));
    await stage.deploy(desiredOf('three', { units }), { isPlanOnly: true });
    const [line] = stage.lines().filter((each) => each.includes('CONFIG_KEY'));
    expect(line).toMatch(/CONFIG_KEY #[0-9a-f]{6} → #[0-9a-f]{6}/);
    expect(line).not.toContain('new key');
  });
});

describe('killed after call k, for every k, and run again until it ends', () => {
  test.each([
    ['a first deployment', null, first],
    ['a later release', first, second],
  ])('%s leaves what a faultless one leaves', async (_, standing, wanted) => {
    const faultless = stageOf();
    if (standing !== null) await faultless.deploy(standing);
    const callsBefore = faultless.fake.calls.length;
    await faultless.deploy(wanted);
    const calls = faultless.fake.calls.length - callsBefore;
    const right = comparable(faultless.fake.state);
    expect(calls).toBeGreaterThan(100);

    const before = stageOf();
    if (standing !== null) await before.deploy(standing);
    for (let k = 1; k < calls; k += 1) {
      const stage = stageOf();
      stage.fake.state = structuredClone(before.fake.state);
      stage.killAfter(k);
      await expect(stage.deploy(wanted)).rejects.toThrow(Killed);
      stage.live();
      expect(await stage.deploy(wanted)).toBe(0);
      expect([k, comparable(stage.fake.state)]).toEqual([k, right]);
      const writes = stage.fake.writes.length;
      expect(await stage.deploy(wanted)).toBe(0);
      expect(stage.fake.writes.length).toBe(writes);
    }
  });

  test('a rollback leaves what a faultless one leaves', async () => {
    const deployed = async () => {
      const stage = stageOf();
      await stage.deploy(first);
      await stage.deploy(second);
      return stage;
    };
    const faultless = await deployed();
    const callsBefore = faultless.fake.calls.length;
    expect(await faultless.rollback(second)).toBe(0);
    const calls = faultless.fake.calls.length - callsBefore;
    const right = comparable(faultless.fake.state);
    const release = nameOf(first.release);
    expect(aliasOf(faultless, 'api')?.description).toBe(`${release} back from ${nameOf(second.release)}`);

    const before = await deployed();
    for (let k = 1; k < calls; k += 1) {
      const stage = stageOf();
      stage.fake.state = structuredClone(before.fake.state);
      stage.killAfter(k);
      await expect(stage.rollback(second)).rejects.toThrow(Killed);
      stage.live();
      expect(await stage.rollback(second)).toBe(0);
      expect([k, comparable(stage.fake.state)]).toEqual([k, right]);
      const writes = stage.fake.writes.length;
      expect(await stage.rollback(second)).toBe(0);
      expect(stage.fake.writes.length).toBe(writes);
    }
  });
});

describe(`under random faults (seed ${seed})`, () => {
  const FAULTS = ['refuse', 'before', 'after', 'throttle', 'stale'] as const;

  test('deployments and a rollback, run until they end, leave what faultless ones leave', async () => {
    const faultless = stageOf();
    await faultless.deploy(first);
    const afterFirst = comparable(faultless.fake.state);
    await faultless.deploy(second);
    const afterSecond = comparable(faultless.fake.state);
    await faultless.rollback(second);
    const afterBack = comparable(faultless.fake.state);

    for (let run = 0; run < 15; run += 1) {
      const random = seeded(seed + run);
      const stage = stageOf({
        fault: () => (random() < 0.12 ? (FAULTS[Math.floor(random() * FAULTS.length)] ?? null) : null),
      });
      await untilThrough(() => stage.deploy(first));
      expect([run, comparable(stage.fake.state)]).toEqual([run, afterFirst]);
      await untilThrough(() => stage.deploy(second));
      expect([run, comparable(stage.fake.state)]).toEqual([run, afterSecond]);
      await untilThrough(() => stage.rollback(second));
      expect([run, comparable(stage.fake.state)]).toEqual([run, afterBack]);
    }
  });

  test('work that the platform fails at stops the run with the reason, and the next one repairs it', async () => {
    let isFailing = true;
    const stage = stageOf({
      fault: ({ action, params }) =>
        isFailing && action === 'UpdateFunctionCode' && params.FunctionName === 'pay' ? 'fail' : null,
    });
    await stage.deploy(first);
    stage.lines();
    expect(await stage.deploy(second)).toBe(1);
    const told = stage.lines();
    expect(told.find((line) => line.startsWith('stopped.'))).toContain(
      'pay is UpdateFailed: the platform could not load the code',
    );
    expect(told.at(-2)).toContain('api: c-one.');
    isFailing = false;
    expect(await stage.deploy(second)).toBe(0);
    expect(aliasOf(stage, 'pay')?.description).toContain(nameOf(second.release));
  });

  test('a setting that the platform answers otherwise than it was given stops the run, and is named', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    stage.fake.fault = ({ action }) => {
      for (const own of Object.values(stage.fake.state.functions))
        if (action === 'GetFunction') own.latest.initTimeoutSeconds = 65;
      return null;
    };
    expect(await stage.deploy(second)).toBe(1);
    const stopped = stage.lines().find((line) => line.startsWith('stopped.'));
    expect(stopped).toContain('does not show: Active, initTimeoutSeconds 65 → 10');
  });

  test('calls are begun at most 20 times in a second, also when it has to slow down', async () => {
    const stage = stageOf({ fault: ({ number }) => (number % 7 === 0 ? 'throttle' : null) });
    expect(await stage.deploy(first)).toBe(0);
    const { startedAtMs } = stage;
    const within = startedAtMs.map(
      (at) => startedAtMs.filter((other) => other >= at && other < at + 1000).length,
    );
    expect(Math.max(...within)).toBeLessThanOrEqual(20);
  });
});

describe('what is not ours', () => {
  test('a function without our tag is never touched, and nothing else is either', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    const own = stage.fake.state.functions['zhike-test/pay'];
    if (own !== undefined) own.tags = { zhike: 'another' };
    stage.lines();
    const before = JSON.stringify(stage.fake.state);
    expect(await stage.deploy(second)).toBe(1);
    expect(await stage.deploy(second, { isPlanOnly: true })).toBe(1);
    expect(stage.lines()[0]).toContain('there is a function pay in zhike-test without our tag zhike:test');
    expect(JSON.stringify(stage.fake.state)).toBe(before);
  });

  test('a function that we do not name is left alone', async () => {
    const stage = stageOf();
    await stage.deploy(second);
    const foreign = stage.fake.state.functions['zhike-test/admin'];
    const before = JSON.stringify(foreign);
    expect(await stage.deploy(desiredOf('three'))).toBe(0);
    expect(JSON.stringify(stage.fake.state.functions['zhike-test/admin'])).toBe(before);
  });
});

describe('drift', () => {
  type Spoil = (state: Stage['fake']['state']) => void;
  const at = (state: Stage['fake']['state'], unit: string) => {
    const own = state.functions[`zhike-test/${unit}`];
    if (own === undefined) throw new Error(`no ${unit}`);
    return own;
  };
  const spoils: readonly (readonly [string, Spoil, string])[] = [
    [
      'memory',
      (state) => Object.assign(at(state, 'api').latest, { memoryMb: 1024 }),
      '~ api: memoryMb 1024 → 512',
    ],
    [
      'a variable of somebody',
      (state) => Object.assign(at(state, 'api').latest.environment, { DEBUG: 'secret' }),
      '~ api: DEBUG #ddf79f → nothing',
    ],
    [
      'a trigger that is closed',
      (state) => Object.assign(at(state, 'minute').triggers[0] ?? {}, { isOpen: false }),
      '~ minute: timer sweepTasks, isOpen false → true',
    ],
    [
      'another schedule',
      (state) => Object.assign(at(state, 'minute').triggers[1] ?? {}, { desc: '{"cron":"0 0 * * * * *"}' }),
      '~ minute: timer closeExpiredOrders, desc 0 0 * * * * * → 0 * * * * * *',
    ],
    [
      'a trigger of nobody',
      (state) =>
        at(state, 'ops').triggers.push({
          type: 'timer',
          name: 'strange',
          desc: '{"cron":"0 0 * * * * *"}',
          isOpen: true,
          qualifier: '$LATEST',
          argument: '',
        }),
      '- ops: timer strange',
    ],
    ['a trigger that is gone', (state) => at(state, 'api').triggers.pop(), '+ api: http url'],
    [
      'an alias',
      (state) => Object.assign(at(state, 'pay').aliases.$DEFAULT ?? {}, { weights: { 1: 0.5 } }),
      '~ pay: $DEFAULT c-one.',
    ],
    [
      'retries',
      (state) => Object.assign(at(state, 'events').retries, { RetryNum: 0 }),
      '~ events: retries 0 in 3600 s',
    ],
    [
      'a reservation',
      (state) => Object.assign(at(state, 'pay'), { reservedMb: null }),
      '~ pay: reserved nothing',
    ],
    [
      'a path',
      (state) => state.domains['api.shop.test']?.endpoints.pop(),
      '~ domain api.shop.test: /* nothing → zhike-test/api@$DEFAULT',
    ],
    [
      'the index',
      (state) => Object.assign(Object.values(state.logTopics)[0] ?? {}, { index: { KeyValue: {} } }),
      '~ log index, 2 fields',
    ],
    [
      'an alarm that is switched off',
      (state) => Object.assign(Object.values(state.alarms)[0]?.given ?? {}, { Status: false }),
      '~ alarm zhike-test dead tasks',
    ],
  ];

  test.each(spoils)('%s is found, and put right', async (_, spoil, line) => {
    const stage = stageOf();
    await stage.deploy(first);
    const right = comparable(stage.fake.state);
    spoil(stage.fake.state);
    stage.lines();
    expect(await stage.deploy(first, { isPlanOnly: true })).toBe(2);
    const found = stage.lines().find((each) => each.startsWith(line.slice(0, 8)));
    expect(found).toContain(line);
    expect(await stage.deploy(first)).toBe(0);
    expect(comparable(stage.fake.state)).toEqual(right);
  });
});

describe('a smoke test that fails', () => {
  const broken = async () => {
    throw new Error('the catalogue answers 500');
  };

  test('brings the release before back, and exits with 1', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    stage.smokes(broken);
    stage.lines();
    expect(await stage.deploy(second)).toBe(1);
    expect(stage.lines()).toContain('the smoke test failed: the catalogue answers 500');
    for (const { name } of first.units) {
      const own = stage.fake.state.functions[`zhike-test/${name}`];
      expect(own?.versions[own.aliases.$DEFAULT?.version ?? '']?.description).toBe(nameOf(first.release));
    }
    const calls = stage.fake.writes.filter(({ action }) => action === 'InvokeFunction');
    expect(calls.filter(({ params }) => String(params.Event).includes('--old-is-gone')).length).toBe(1);
  });

  test('of a first release has nothing to go back to, and says so', async () => {
    const stage = stageOf();
    stage.smokes(broken);
    expect(await stage.deploy(first)).toBe(1);
    expect(stage.lines()).toContain('no release was there before that could be gone back to');
    stage.smokes(async () => undefined);
    expect(await stage.deploy(first)).toBe(0);
    expect(aliasOf(stage, 'ops')?.description).toContain('settled');
  });

  test('a run that is killed before its end is smoke tested by the next one', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    let smoked = 0;
    stage.smokes(async () => {
      smoked += 1;
      if (smoked === 1) stage.killAfter(1);
    });
    await expect(stage.deploy(second)).rejects.toThrow(Killed);
    stage.live();
    expect(await stage.deploy(second)).toBe(0);
    expect(smoked).toBe(2);
  });

  test('a release on top of one that never came to its end goes back to the one before both', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    stage.fake.fault = ({ action, params }) =>
      action === 'UpdateAlias' && params.FunctionName === 'pay' ? 'before' : null;
    expect(await stage.deploy(second)).toBe(1);
    stage.fake.fault = () => null;
    expect(await stage.deploy(laterOf('three'))).toBe(0);
    await stage.rollback(second);
    expect(aliasOf(stage, 'ops')?.description).toContain(`${nameOf(first.release)} back from c-three.`);
  });
});

describe('a rollback', () => {
  test('goes to the release that is named, as far as its versions are there', async () => {
    const stage = stageOf();
    for (const code of ['one', 'two', 'three']) await stage.deploy(desiredOf(code));
    const release = nameOf(desiredOf('one').release);
    expect(await stage.rollback(desiredOf('three'), release)).toBe(0);
    expect(aliasOf(stage, 'events')?.version).toBe('1');
    expect(await stage.rollback(desiredOf('three'), 'c-none.000000000000')).toBe(1);
  });

  test('switches the units in the reverse of a release’s order', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    await stage.deploy(desiredOf('two'));
    const before = stage.fake.writes.length;
    await stage.rollback(first);
    const units = stage.fake.writes.slice(before).map(({ params }) => params.FunctionName);
    expect(units).toEqual(['api', 'pay', 'minute', 'events', 'ops']);
  });

  test('after it, the same release can be deployed again, and after that one goes back again', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    await stage.deploy(second);
    await stage.rollback(second);
    expect(await stage.deploy(second)).toBe(0);
    expect(aliasOf(stage, 'api')?.description).toBe(
      `${nameOf(second.release)} after ${nameOf(first.release)}`,
    );
    expect(await stage.rollback(second)).toBe(0);
    expect(aliasOf(stage, 'api')?.description).toContain(`${nameOf(first.release)} back from`);
  });
});

describe('a canary', () => {
  const canary = (canaryPercent: number) => ({ manner: { canaryPercent, isPromotion: false } });

  test('gets its share of the API, and the old release is not gone until it is promoted', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    expect(await stage.deploy(second, canary(10))).toBe(0);
    expect(aliasOf(stage, 'api')).toMatchObject({ version: '1', weights: { 2: 0.1 } });
    expect(aliasOf(stage, 'pay')?.version).toBe('2');
    const writes = stage.fake.writes.length;
    expect(await stage.deploy(second, canary(10))).toBe(0);
    expect(stage.fake.writes.length).toBe(writes);
    expect(await stage.deploy(second)).toBe(1);
    expect(await stage.deploy(second, canary(25))).toBe(0);
    expect(aliasOf(stage, 'api')?.weights).toEqual({ 2: 0.25 });
    expect(await stage.deploy(second, { manner: { canaryPercent: null, isPromotion: true } })).toBe(0);

    const plain = stageOf();
    await plain.deploy(first);
    await plain.deploy(second);
    expect(comparable(stage.fake.state)).toEqual(comparable(plain.fake.state));
  });

  test('can be taken back', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    await stage.deploy(second, canary(10));
    expect(await stage.rollback(second)).toBe(0);
    expect(aliasOf(stage, 'api')).toMatchObject({ version: '1', weights: {} });
    expect(aliasOf(stage, 'pay')?.version).toBe('1');
  });

  test('needs a release to be compared with, and only one stands at a time', async () => {
    const stage = stageOf();
    expect(await stage.deploy(first, canary(10))).toBe(1);
    await stage.deploy(first);
    expect(await stage.deploy(first, { manner: { canaryPercent: null, isPromotion: true } })).toBe(1);
    await stage.deploy(second, canary(10));
    expect(await stage.deploy(laterOf('three'), canary(10))).toBe(1);
    expect(stage.lines().at(-1)).toContain('a canary of c-two.');
  });
});

describe('the broker', () => {
  const [, events, ...others] = first.units;
  const withBroker = (code: string) => {
    const own = desiredOf(code);
    const units = own.units.map((unit) =>
      unit.name === events?.name
        ? { ...unit, configDigest: 'cmq', triggers: [{ type: 'cmq', name: 'zhike-test' } as const] }
        : unit,
    );
    return desiredOf(code, { units, topics: ['zhike-test'] });
  };

  test('rings by triggers where the platform makes them', async () => {
    const stage = stageOf({ hasCmqTriggers: true });
    expect(await stage.deploy(withBroker('one'), { withoutTriggers: first })).toBe(0);
    expect(stage.fake.state.functions['zhike-test/events']?.triggers).toMatchObject([
      { type: 'cmq', isOpen: true },
    ]);
    expect(stage.fake.state.topics).toEqual({ 'zhike-test': { tags: { zhike: 'test' }, subscriptions: {} } });
    const writes = stage.fake.writes.length;
    expect(await stage.deploy(withBroker('one'), { withoutTriggers: first })).toBe(0);
    expect(stage.fake.writes.length).toBe(writes);
    expect(others.length).toBe(3);
  });

  test('is given up where the platform makes no such triggers: it is said, and BUS=invoke goes on', async () => {
    const stage = stageOf();
    const options = { withoutTriggers: first };
    expect(await stage.deploy(withBroker('one'), options)).toBe(0);
    expect(
      stage.lines().some((line) => line.startsWith('the platform makes no triggers of the broker')),
    ).toBe(true);
    expect(aliasOf(stage, 'api')?.description).toBe(`${nameOf(first.release)} after nothing`);
    const writes = stage.fake.writes.length;
    expect(await stage.deploy(withBroker('one'), options)).toBe(0);
    expect(stage.lines()[0]).toContain('BUS=invoke, until the code changes');
    expect(stage.fake.writes.length).toBe(writes);
  });

  test('pushes to an endpoint that is told as a hash, and follows when that changes', async () => {
    const stage = stageOf();
    const pushed = (key: string) => {
      const subscription = {
        topic: 'order-paid',
        name: 'events',
        endpoint: `http://api.shop.test/bus/${key}`,
      };
      return desiredOf('one', { topics: ['order-paid'], subscriptions: [subscription] });
    };
    expect(await stage.deploy(pushed('first-key'))).toBe(0);
    expect(await stage.deploy(pushed('second-key'))).toBe(0);
    expect(stage.fake.state.topics['order-paid']?.subscriptions.events?.Endpoint).toContain('second-key');
    expect(stage.lines().filter((line) => /(first|second)-key/.test(line))).toEqual([]);
  });
});

describe('one at a time', () => {
  test('an alias that somebody has changed meanwhile stops the run', async () => {
    const stage = stageOf();
    await stage.deploy(first);
    stage.fake.fault = ({ action, params }) => {
      const alias = aliasOf(stage, 'pay');
      if (action === 'UpdateAlias' && params.FunctionName === 'events' && alias !== undefined)
        alias.description = textOf({ release: 'c-other.0', state: { kind: 'back', from: 'c-one.0' } });
      return null;
    };
    expect(await stage.deploy(second)).toBe(1);
    expect(stage.lines().find((line) => line.startsWith('stopped.'))).toContain('somebody else is at work');
    expect(aliasOf(stage, 'pay')?.version).toBe('1');
  });
});

describe('limits', () => {
  test('versions before the last ten are deleted, but never what is needed to go back', async () => {
    const stage = stageOf();
    for (let at = 1; at <= 13; at += 1) await stage.deploy(desiredOf(`code${at}`));
    const own = stage.fake.state.functions['zhike-test/api'];
    expect(Object.keys(own?.versions ?? {})).toEqual(['4', '5', '6', '7', '8', '9', '10', '11', '12', '13']);
    await stage.rollback(first, nameOf(desiredOf('code4').release));
    await stage.deploy(desiredOf('code14'));
    expect(Object.keys(own?.versions ?? {})).toContain('4');
  });

  test('a zip above 7 MB is refused before anything is sent', async () => {
    const stage = stageOf();
    const [ops, ...rest] = first.units;
    if (ops === undefined) throw new Error('no unit');
    const units = [{ ...ops, zip: new Uint8Array(7 * 1024 * 1024 + 1) }, ...rest];
    expect(await stage.deploy(desiredOf('large', { units }))).toBe(1);
    expect(stage.lines()[0]).toContain('a request may carry 7340032');
    expect(stage.fake.writes).toEqual([]);
  });

  test('more memory than the account may reserve is refused in the plan', async () => {
    const stage = stageOf({ totalMemoryMb: 14_000 });
    expect(await stage.deploy(first, { isPlanOnly: true })).toBe(1);
    expect(stage.lines()[0]).toContain('2560 MB would be reserved, and the account may reserve 1200 MB');
  });
});
