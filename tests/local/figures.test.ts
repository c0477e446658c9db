import { Script } from 'node:vm';
import { login } from '../../functions/identity/login.ts';
import { watchBacklog } from '../../functions/operations/watchBacklog.ts';
import { Figures } from '../../local/figures.ts';
import { createPages } from '../../local/pages.ts';
import { prometheusMetrics, watchedLog } from '../../shared/adapters/prometheus/metrics.ts';
import { metricsPage } from '../../shared/runtime/metricsPage.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { alarms, runbookAnchor } from '../../tools/alarms.ts';
import { filesBelow, readSource } from '../../tools/sources.ts';
import { givenOrder } from '../support/given/order.ts';
import { givenMoney } from '../support/given/payment.ts';
import { createWorld, type LogRecord, type World } from '../support/world.ts';

/** A world whose lines are counted. */
async function counted() {
  const world = await createWorld();
  const figures = new Figures(world.clock.now());
  const metrics = await prometheusMetrics();
  const { write } = world.ports.log;
  const log = watchedLog({ write }, (line) => {
    figures.see(line, world.clock.now());
    metrics.see(line);
  });
  world.ports.log.write = log.write;
  return { world, figures, metrics };
}

async function bought(world: World): Promise<void> {
  const buyer = await world.login('alice');
  await givenMoney(world, buyer, await givenOrder(world, buyer));
  await world.drain();
  for (let n = 0; n < 3; n += 1) await world.call(login, { code: 'wrong' });
  await world.run(watchBacklog);
}

const calls = (world: World) => world.logs.filter(({ ms }) => ms !== undefined);
const sum = (lines: readonly LogRecord[], field: string) =>
  lines.reduce((total, line) => total + Number(line[field] ?? 0), 0);

/** The values of a metric, by the text of its labels. */
function valuesOf(text: string, name: string): Readonly<Record<string, number>> {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(name.length, at), Number(line.slice(at + 1))];
    }),
  );
}
const total = (values: Readonly<Record<string, number>>) => Object.values(values).reduce((a, b) => a + b, 0);

describe('figures are sums over the lines', () => {
  test('of a purchase: calls, refusals, round trips, callbacks and what waits', async () => {
    const { world, figures } = await counted();
    await bought(world);
    const { all, callbacks, functions, backlog, minutes } = figures.at(world.clock.now());
    const lines = calls(world);
    expect(all).toMatchObject({
      calls: lines.length,
      refused: lines.filter(({ outcome }) => outcome === 'refused').length,
      failed: 0,
      roundTrips: sum(lines, 'roundTrips'),
    });
    expect([all.refused, callbacks.calls, minutes.at(-1)?.calls]).toEqual([3, 1, lines.length]);
    expect(functions.map(({ calls: count }) => count)).toEqual(
      functions.map(({ calls: count }) => count).sort((a, b) => b - a),
    );
    expect(backlog).toMatchObject({ deadTasks: 0, waitingTasks: 0 });
    await world.close();
  });

  test('of the last hour only', async () => {
    const figures = new Figures(0);
    const line = { function: 'f', kind: 'http', ms: 5, outcome: 'ok' };
    figures.see(line, 0);
    figures.see({ ...line, outcome: 'failed' }, 30 * MINUTE_MS);
    expect(figures.at(59 * MINUTE_MS).all).toMatchObject({ calls: 2, failed: 1 });
    expect(figures.at(60 * MINUTE_MS).all).toMatchObject({ calls: 1, failed: 1 });
    expect(figures.at(91 * MINUTE_MS)).toMatchObject({ all: { calls: 0, p99Ms: null }, functions: [] });
  });

  test('a breaker is open until it closes', () => {
    const figures = new Figures(0);
    figures.see({ breaker: 'a', outcome: 'open' }, 1);
    expect(figures.at(2).breakers).toEqual([{ endpoint: 'a', isOpen: true, atMs: 1 }]);
    figures.see({ breaker: 'a', outcome: 'closed' }, 3);
    expect(figures.at(4).breakers).toEqual([{ endpoint: 'a', isOpen: false, atMs: 3 }]);
  });
});

describe('/metrics', () => {
  test('says what the lines say', async () => {
    const { world, metrics } = await counted();
    await bought(world);
    metrics.see({ breaker: 'a', outcome: 'open' });
    const text = await metrics.text();
    const lines = calls(world);
    expect(total(valuesOf(text, 'zhike_calls_total'))).toBe(lines.length);
    expect(total(valuesOf(text, 'zhike_call_seconds_count'))).toBe(lines.length);
    expect(total(valuesOf(text, 'zhike_database_round_trips_total'))).toBe(sum(lines, 'roundTrips'));
    expect(total(valuesOf(text, 'zhike_cold_calls_total'))).toBe(1);
    expect(valuesOf(text, 'zhike_orders_paid_total')).toEqual({ '{rail="wxpay",heard="callback"}': 1 });
    const wrong = valuesOf(text, 'zhike_failures_total');
    expect(Object.entries(wrong)).toEqual([[expect.stringContaining('code="request.invalid"'), 3]]);
    expect(valuesOf(text, 'zhike_breaker_open')).toEqual({ '{endpoint="a"}': 1 });
    expect(valuesOf(text, 'zhike_tasks_dead')).toEqual({ '': 0 });
    await world.close();
  });

  const shown = { text: async () => 'figures', contentType: 'text/plain' };
  const asked = (headers = {}, path = '/metrics', method = 'GET') => ({
    ...{ method, path, headers, query: {} },
    ...{ rawBody: null, address: '127.0.0.1' },
  });

  test('is for who sends the token, when there is one', async () => {
    const page = metricsPage(shown, 't'.repeat(16));
    for (const authorization of ['', 'Bearer', `Bearer ${'t'.repeat(15)}`, 't'.repeat(16)])
      expect(await page(asked({ authorization }))).toMatchObject({ status: 401 });
    expect(await page(asked())).toMatchObject({ status: 401 });
    const right = { authorization: `Bearer ${'t'.repeat(16)}` };
    expect(await page(asked(right))).toMatchObject({ status: 200, body: 'figures' });
    expect(await metricsPage(shown, null)(asked())).toMatchObject({ status: 200 });
  });

  test('is the only path that it answers, and only to who reads', async () => {
    const page = metricsPage(shown, null);
    expect([await page(asked({}, '/metrics/x')), await page(asked({}, '/metrics', 'POST'))]).toEqual([
      null,
      null,
    ]);
  });

  test('nothing that is deployed as a function loads its library', () => {
    const [file = '', ...others] = filesBelow('shared')
      .map(readSource)
      .filter(({ imports }) => imports.some(({ from }) => /prom-client|prometheus/.test(from)))
      .map(({ path }) => path);
    expect([file, others]).toEqual(['shared/adapters/prometheus/metrics.ts', []]);
  });
});

describe('the pages', () => {
  const figures = new Figures(0);
  const pages = createPages({
    url: 'http://127.0.0.1:3000',
    phone: 'http://127.0.0.1:3001',
    staff: 'off',
    covers: async () => null,
    figures: () => figures.at(MINUTE_MS),
    metrics: metricsPage({ text: async () => 'figures', contentType: 'text/plain' }, null),
  });
  const get = async (path: string) => {
    const answer = await pages({
      ...{ method: 'GET', path, query: {}, headers: {}, rawBody: null },
      address: '127.0.0.1',
    });
    return { ...answer, text: Buffer.from(answer?.body ?? '').toString() };
  };

  test('/figures brings no script of its own but the one that it names, which parses', async () => {
    const { status, text } = await get('/figures');
    expect(status).toBe(200);
    expect(text.match(/<script[^>]*>/g)).toEqual(['<script src="/figures.js">']);
    const script = await get('/figures.js');
    expect(() => new Script(script.text)).not.toThrow();
    // Names of functions and endpoints are shown as text, whatever they contain.
    expect(script.text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
  });

  test('/figures.json is fresh each time, and has each alarm with its words', async () => {
    const { status, headers, text } = await get('/figures.json');
    expect([status, headers?.['cache-control']]).toEqual([200, 'no-store']);
    const told: { alarms: { alarm: { id: string }; isOn: boolean }[] } = JSON.parse(text);
    expect(told.alarms.map(({ alarm }) => alarm.id)).toEqual(alarms.map(({ id }) => id));
  });

  test.each(['/docs/runbook.zh-CN.md', '/docs/runbook.md'])(
    '%s has the place that each alarm links to',
    async (path) => {
      const { status, text } = await get(path);
      expect(status).toBe(200);
      expect(alarms.map(runbookAnchor).filter((id) => !text.includes(`<a id="${id}">`))).toEqual([]);
    },
  );

  test('no path leads out of the documents', async () => {
    for (const path of ['/docs/../package.json', '/docs/none.md', '/docs/decisions/'])
      expect((await get(path)).status).toBeUndefined();
    expect((await get('/docs/decisions/0054-seeing-it-run.md')).status).toBe(200);
  });
});
