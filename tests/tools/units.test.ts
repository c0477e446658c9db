import * as z from 'zod';
import { event } from '../../shared/event.ts';
import { callback, consumer, http, outward, type Route, timer } from '../../shared/function.ts';
import { readManifest } from '../../tools/manifest.ts';
import { type Placed, UNITS, type UnitRow, unitsOf } from '../../tools/units.ts';

const paid = event({ name: 'order.paid', version: 1, schema: z.object({}), example: {} });

const route = (name: string, path: Route): Placed => ({
  name,
  own: http(
    { route: path, auth: 'public', input: z.strictObject({}), output: z.object({}), errors: [] },
    async () => ({}),
  ),
});
const notice = (name: string, path: Route): Placed => ({
  name,
  own: callback(
    { route: path, caller: '', errors: [], bodyBytesMax: 1, reads: {}, takes: [], answers: [] },
    async () => ({ status: 200, body: '', contentType: 'text/plain' }),
  ),
});
const reacts = (name: string): Placed => ({ name, own: consumer({ on: paid }, async () => undefined) });
const reaches = (name: string, budgetMs?: number): Placed => ({
  name,
  own: outward(
    { on: paid, ...(budgetMs === undefined ? {} : { budgetMs }) },
    async () => async () => undefined,
  ),
});
const ticks = (
  name: string,
  given: { cron?: string; budgetMs?: number; runsConsumers?: true } = {},
): Placed => ({
  name,
  own: timer({ cron: '0 * * * * * *', budgetMs: 1000, ...given }, async () => ({})),
});
const sweeps = (budgetMs = 1000) => ticks('sweeps', { budgetMs, runsConsumers: true });

const row = (given: Partial<UnitRow> & Pick<UnitRow, 'name'>): UnitRow => ({
  type: 'event',
  memoryMb: 128,
  timeoutSeconds: 900,
  initTimeoutSeconds: 10,
  concurrency: 1,
  reservedInstances: null,
  connections: 1,
  paths: [],
  ...given,
});
const events = row({ name: 'events', consumers: 'others' });
const minute = row({ name: 'minute', timers: 'others' });
const web = (name: string, ...paths: string[]) => row({ name, type: 'web', paths });

const layout = (functions: readonly Placed[], rows: readonly UnitRow[]) =>
  Object.fromEntries(
    unitsOf(functions, rows).map((unit) => [unit.name, unit.functions.map(({ name }) => name).join(' ')]),
  );

describe('which unit holds a function', () => {
  test('a route goes to the path that fits it best', () => {
    const functions = [
      route('payOrder', 'POST /api/orders/{orderId}/pay'),
      notice('payNotify', 'POST /api/pay/notify'),
      route('payments', 'GET /api/payments'),
      route('listAll', 'GET /api/admin/orders'),
      route('exact', 'GET /api/exact'),
    ];
    const rows = [web('api', '/*'), web('pay', '/api/pay/*', '/api/exact'), web('admin', '/api/admin/*')];
    expect(layout(functions, rows)).toEqual({
      api: 'payOrder payments',
      pay: 'payNotify exact',
      admin: 'listAll',
    });
  });

  test('a consumer or a timer goes to the unit that names it, and else to the one for the others', () => {
    const money = row({ name: 'money', consumers: ['grant'], timers: ['close'] });
    const functions = [reacts('grant'), reacts('accrue'), ticks('close'), sweeps()];
    expect(layout(functions, [events, money, minute])).toEqual({
      events: 'accrue',
      money: 'grant close',
      minute: 'sweeps',
    });
  });

  test.each([
    ['*/5 * * * * * *', 'often'],
    ['0 * * * * * *', 'often'],
    ['30 */10 * * * * *', 'often'],
    ['0 */11 * * * * *', 'seldom'],
    ['0 7 * * * * *', 'seldom'],
    ['0 */5 3 * * * *', 'seldom'],
    ['0 */5 * * * 1 *', 'seldom'],
  ])('a timer that runs at least every ten minutes is frequent: %s is %s', (cron, unit) => {
    const rows = [row({ name: 'often', timers: 'frequent' }), row({ name: 'seldom', timers: 'others' })];
    expect(layout([ticks('own', { cron })], rows)).toMatchObject({ [unit]: 'own' });
  });

  test('a timer’s trigger bears its name; a path needs a function URL', () => {
    const functions = [ticks('close', { cron: '5 * * * * * *' }), sweeps(), reacts('grant')];
    const units = unitsOf(functions, [minute, { ...events, paths: ['/bus/*'] }, row({ name: 'ops' })]);
    expect(units.map(({ triggers }) => triggers)).toEqual([
      [
        { type: 'timer', name: 'close', cron: '5 * * * * * *' },
        { type: 'timer', name: 'sweeps', cron: '0 * * * * * *' },
      ],
      [{ type: 'url', name: 'url' }],
      [],
    ]);
  });

  test('a unit whose timer runs consumers holds those whose time fits behind the timer’s, and no other holds any', () => {
    const rows = [
      events,
      { ...minute, timeoutSeconds: 70, timers: ['sweeps'] },
      row({ name: 'slow', timers: 'others' }),
    ];
    const functions = [
      ...[sweeps(40_000), ticks('sweepsLong', { budgetMs: 100_000, runsConsumers: true })],
      ...[reacts('grant'), reaches('ask'), reaches('wait', 11_000), reaches('download', 600_000)],
    ];
    const held = unitsOf(functions, rows).map(({ consumers }) => consumers.map(({ name }) => name).join(' '));
    expect(held).toEqual(['', 'grant ask', 'grant ask wait download']);
  });
});

describe('the table is refused when', () => {
  const elevenTimers = Array.from({ length: 11 }, (_, index) => ticks(`tick${index}`));
  const fiftyOne = Array.from({ length: 51 }, (_, index) => row({ name: `unit${index}` }));

  test.each<[string, readonly Placed[], readonly UnitRow[]]>([
    ['minute has 11 timers, and may have 10', elevenTimers, [minute]],
    ['51 units, and a namespace holds 50', [], fiftyOne],
    ['events is there twice', [], [events, events]],
    ['no unit can be called local', [], [row({ name: 'local' })]],
    ['no unit can be called a-b', [], [row({ name: 'a-b' })]],
    ['no unit holds getThing', [route('getThing', 'GET /api/things')], [web('pay', '/api/pay/*')]],
    ['no unit holds grant', [reacts('grant')], [minute]],
    ['no unit holds close', [ticks('close')], [events]],
    [
      'getThing would be in one and two',
      [route('getThing', 'GET /api/things')],
      [web('one', '/*'), web('two', '/*')],
    ],
    [
      'grant would be in one and two',
      [reacts('grant')],
      [row({ name: 'one', consumers: ['grant'] }), row({ name: 'two', consumers: ['grant'] })],
    ],
    [
      'close would be in minute and more',
      [ticks('close')],
      [minute, row({ name: 'more', timers: 'others' })],
    ],
    ['money names gone, which is no consumer', [], [row({ name: 'money', consumers: ['gone'] })]],
    [
      'money names close, which is no consumer',
      [ticks('close')],
      [minute, row({ name: 'money', consumers: ['close'] })],
    ],
    [
      'money names grant, which is no timer',
      [reacts('grant')],
      [events, row({ name: 'money', timers: ['grant'] })],
    ],
    [
      'getThing cannot be in one, a unit of type event',
      [route('getThing', 'GET /api/a')],
      [row({ name: 'one', paths: ['/*'] })],
    ],
    [
      'grant cannot be in one, a unit of type web',
      [reacts('grant')],
      [{ ...web('one', '/*'), consumers: 'others' }],
    ],
    [
      'close cannot be in one, a unit of type web',
      [ticks('close')],
      [{ ...web('one', '/*'), timers: 'others' }],
    ],
    [
      'close may take longer than minute, 70 seconds',
      [ticks('close', { budgetMs: 50_001 })],
      [{ ...minute, timeoutSeconds: 70 }],
    ],
    [
      'download may take longer than events, 600 seconds',
      [reaches('download', 600_000)],
      [{ ...events, timeoutSeconds: 600 }],
    ],
    ['no timer has time to run grant', [reacts('grant'), ticks('close')], [events, minute]],
    ['no timer has time to run download', [reaches('download', 600_000), sweeps(300_000)], [events, minute]],
    ['one cannot answer 2 requests at a time', [], [row({ name: 'one', concurrency: 2 })]],
    ['one cannot answer 101 requests at a time', [], [{ ...web('one'), concurrency: 101 }]],
    ['one cannot have 100 MB', [], [row({ name: 'one', memoryMb: 100 })]],
    ['one cannot have 901 seconds', [], [row({ name: 'one', timeoutSeconds: 901 })]],
  ])('%s', (why, functions, rows) => {
    expect(() => unitsOf(functions, rows)).toThrow(why);
  });
});

describe('the units of this shop', () => {
  test('are eight, in the order of a release; only ops holds no function', async () => {
    const { units, functions } = await readManifest();
    const names = ['ops', 'events', 'minute', 'counts', 'nightly', 'pay', 'api', 'admin'];
    expect(units.map(({ name }) => name)).toEqual(names);
    expect(UNITS.map(({ name }) => name)).toEqual(names);
    expect(units.filter((unit) => unit.functions.length === 0).map(({ name }) => name)).toEqual(['ops']);
    expect(units.flatMap((unit) => unit.functions)).toHaveLength(functions.length);
  });

  test('callbacks have their own', async () => {
    const { units, functions } = await readManifest();
    // WeChat fetches what it is asked about from where people read.
    const callbacks = functions.filter(
      ({ name, own }) => own.kind === 'callback' && name !== 'serveCheckedMedia',
    );
    expect(units.find(({ name }) => name === 'pay')?.functions).toEqual(callbacks);
  });

  test('a consumer that takes minutes is not run every minute, but by the nightly unit', async () => {
    const { units, functions } = await readManifest();
    const run = (unit: string) =>
      units.find(({ name }) => name === unit)?.consumers.map(({ name }) => name) ?? [];
    const all = functions.flatMap(({ name, own }) =>
      own.kind === 'consumer' || own.kind === 'outward' ? name : [],
    );
    expect(run('nightly')).toEqual(all);
    expect(all.filter((name) => !run('minute').includes(name))).toEqual(['reconcileRequestedDay']);
    expect(units.filter(({ consumers }) => consumers.length > 0).map(({ name }) => name)).toEqual([
      'minute',
      'nightly',
    ]);
  });
});
