import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ZhikeError } from '../../client/client.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';
import type { Client } from '../load/buyer.ts';
import { keptPort } from '../support/keptPort.ts';
import { seeded } from '../support/seeded.ts';
import type { Export } from './auditor.ts';
import { bar, lanes, percentile } from './bar.ts';
import {
  auditAtRest,
  build,
  logIn,
  type Outside,
  placeOrder,
  post,
  readStore,
  startOutside,
  startProduct,
} from './processes.ts';

const MODES = ['hang', 'refuse', '500', '429', 'garbage', 'badsig', 'slow'] as const;
type Mode = (typeof MODES)[number] | 'well';

/** Longer than the product waits for the rail. */
const SLOW_MS = 5 * SECOND_MS;
const PREPAY = '/v3/pay/transactions/jsapi';
const P99_MAX_MS = 3_500;
const OPENS_WITHIN_MS = 10 * SECOND_MS;
const RECOVERS_WITHIN_MS = 30 * SECOND_MS;
const DRAINED_WITHIN_MS = 300 * SECOND_MS;
/** At this load, calls through a closed breaker are never this far apart. */
const SILENCE_MS = 2 * SECOND_MS;
/** After this many successful calls in a row, the breaker counts as closed. */
const WELL_IN_A_ROW = 20;
/** Earlier payments whose notices were lost. The product must ask about them once the rail is up again. */
const BACKLOG = 12;
/** Nobody may have more pending orders of one product. */
const ORDERS_OF_BUYER = 3;
/**
 * An order that never reached the rail is closed at the third try, one and two minutes later, by a timer that runs
 * every minute.
 */
const REST_MAX_MS = 300 * SECOND_MS;

/** The line between the product and WeChat Pay, which causes the faults. */
interface Line {
  readonly url: string;
  mode: Mode;
  /** When orders were to be opened, in milliseconds of `performance.now`. */
  readonly callsAtMs: number[];
  close(): Promise<void>;
}

function passOn(from: IncomingMessage, to: ServerResponse, phone: string, mode: Mode): void {
  const sent = request(`${phone}${from.url}`, { method: from.method, headers: from.headers }, (answer) => {
    const { 'wechatpay-signature': signature = '', ...headers } = answer.headers;
    const isBad = mode === 'badsig' && signature !== '';
    const first = String(signature).startsWith('A') ? 'B' : 'A';
    const spoiled = isBad ? `${first}${String(signature).slice(1)}` : signature;
    to.writeHead(
      answer.statusCode ?? 502,
      signature === '' ? headers : { ...headers, 'wechatpay-signature': spoiled },
    );
    answer.pipe(to);
  });
  sent.on('error', () => to.destroy());
  from.pipe(sent);
}

async function goWrong(mode: Mode, from: IncomingMessage, to: ServerResponse, phone: string): Promise<void> {
  switch (mode) {
    case 'hang':
      return;
    case 'refuse':
      from.socket.destroy();
      return;
    case '500':
    case '429':
      to.writeHead(Number(mode), { 'content-type': 'application/json' }).end(
        '{"code":"SYSTEM_ERROR","message":"系统错误"}',
      );
      return;
    case 'garbage':
      to.writeHead(200, { 'content-type': 'text/html' }).end('<html>502</html>');
      return;
    case 'slow':
      await sleep(SLOW_MS);
      passOn(from, to, phone, mode);
      return;
    case 'badsig':
    case 'well':
      passOn(from, to, phone, mode);
  }
}

async function openLine(phone: string): Promise<Line> {
  const server = createServer((from, to) => {
    const { url = '' } = from;
    if (url === PREPAY) line.callsAtMs.push(performance.now());
    void goWrong(url.startsWith('/v3/') ? line.mode : 'well', from, to, phone);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const line: Line = {
    url: `http://127.0.0.1:${port}`,
    mode: 'well',
    callsAtMs: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return line;
}

interface Placed {
  readonly client: Client;
  readonly name: string;
  readonly orderId: string;
}

/** One try to open a payment. */
interface Try {
  readonly atMs: number;
  readonly tookMs: number;
  readonly isWell: boolean;
  /** What is wrong with the way in which it failed; null when nothing is. */
  readonly wrong: string | null;
}

async function tryToOpen({ client, orderId }: Placed): Promise<Try> {
  const atMs = performance.now();
  try {
    await client.payOrder({ orderId });
    return { atMs, tookMs: performance.now() - atMs, isWell: true, wrong: null };
  } catch (caught) {
    const isPolite = caught instanceof ZhikeError && caught.code === 'pay.unavailable';
    const wrong = isPolite ? null : String(caught);
    return { atMs, tookMs: performance.now() - atMs, isWell: false, wrong };
  }
}

/** Starts tries at a fixed rate, without waiting for earlier ones, until it is told to end. */
async function press(
  orders: readonly Placed[],
  rps: number,
  isOver: (tries: readonly Try[]) => boolean,
): Promise<Try[]> {
  const tries: Try[] = [];
  const under: Promise<unknown>[] = [];
  for (const order of orders) {
    if (isOver(tries)) break;
    under.push(tryToOpen(order).then((one) => tries.push(one)));
    await sleep(SECOND_MS / rps);
  }
  await Promise.all(under);
  return tries;
}

/**
 * How long after the beginning calls stopped for a while (null when they never did), and the rate of calls after that.
 */
function silenceIn(callsAtMs: readonly number[], fromMs: number, untilMs: number) {
  const calls = callsAtMs.filter((atMs) => atMs >= fromMs && atMs < untilMs);
  const last = calls.findIndex((atMs, n) => (calls[n + 1] ?? untilMs) - atMs >= SILENCE_MS);
  const openedAtMs = calls[last];
  if (openedAtMs === undefined) return { opensAfterMs: null, perSecond: calls.length };
  const later = calls.length - last - 1;
  return {
    opensAfterMs: Math.round(openedAtMs - fromMs),
    perSecond: (later * SECOND_MS) / Math.max(SECOND_MS, untilMs - openedAtMs),
  };
}

/** How many milliseconds after `fromMs` the tries began to succeed for good; null when they never did. */
function recoveredAfterMs(tries: readonly Try[], fromMs: number): number | null {
  const sorted = tries.toSorted((a, b) => a.atMs - b.atMs);
  const start = sorted.findLastIndex(({ isWell }) => !isWell) + 1;
  const [first] = sorted.slice(start);
  return first === undefined || sorted.length - start < WELL_IN_A_ROW
    ? null
    : Math.round(first.atMs - fromMs);
}

async function placeAll(api: string, phone: string, count: number, random: () => number): Promise<Placed[]> {
  const names = Array.from({ length: Math.ceil(count / ORDERS_OF_BUYER) }, (_, n) => `buyer${n}`);
  const clients = await lanes(names, 4, async (name) => ({ name, client: await logIn(api, phone, name) }));
  return lanes(Array.from({ length: count }), 4, async (_, n) => {
    const { name = '', client } = clients[n % clients.length] ?? {};
    if (client === undefined) throw new Error('nobody buys');
    return { client, name, orderId: await placeOrder(client, random) };
  });
}

/** Waits until all these orders are paid. Answers how long it took; null when it took too long. */
async function drained(outside: Outside, orders: readonly Placed[]): Promise<number | null> {
  const fromMs = performance.now();
  const isPaid = (store: Export) =>
    orders.every(({ orderId }) => store.find('orders', orderId)?.state === 'paid');
  while (performance.now() - fromMs < DRAINED_WITHIN_MS) {
    if (isPaid(await readStore(outside))) return Math.round(performance.now() - fromMs);
    await sleep(SECOND_MS);
  }
  return null;
}

async function measure(
  { outside, line, api, mode }: { outside: Outside; line: Line; api: string; mode: Mode },
  { rps, seconds, random }: { rps: number; seconds: number; random: () => number },
) {
  const { phone } = outside;
  const recovery = (RECOVERS_WITHIN_MS / SECOND_MS) * rps;
  const placed = await placeAll(api, phone, BACKLOG + rps * seconds + recovery, random);
  const backlog = placed.slice(0, BACKLOG);
  for (const { client, name, orderId } of backlog) {
    const { payment } = await client.payOrder({ orderId });
    await post(`${phone}/phone/pay`, { ...payment, name, decision: 'confirm' });
  }
  line.mode = mode;
  const fromMs = performance.now();
  const during = await press(placed.slice(BACKLOG, BACKLOG + rps * seconds), rps, () => false);
  const untilMs = performance.now();
  line.mode = 'well';
  const wellMs = performance.now();
  const after = await press(
    placed.slice(BACKLOG + rps * seconds),
    rps,
    (tries) => (recoveredAfterMs(tries, wellMs) ?? -1) >= 0,
  );
  const { opensAfterMs, perSecond } = silenceIn(line.callsAtMs, fromMs, untilMs);
  const recoversMs = recoveredAfterMs(after, wellMs);
  const drainedMs = await drained(outside, backlog);
  const rest = placed.slice(BACKLOG);
  await lanes(rest, 8, ({ client, orderId }) => client.cancelOrder({ orderId }));
  const p99Ms = Math.round(
    percentile(
      [...during, ...after].map(({ tookMs }) => tookMs),
      0.99,
    ),
  );
  const violations = [...during, ...after].flatMap(({ wrong }) => wrong ?? []);
  const claims: readonly (readonly [boolean, string])[] = [
    [during.some(({ isWell }) => !isWell), 'nothing went wrong'],
    [p99Ms <= P99_MAX_MS, `p99 was ${p99Ms} ms`],
    [opensAfterMs !== null && opensAfterMs <= OPENS_WITHIN_MS, `calls stopped after ${opensAfterMs} ms`],
    [perSecond <= 1, `${perSecond.toFixed(1)} calls a second came when they had stopped`],
    [recoversMs !== null && recoversMs <= RECOVERS_WITHIN_MS, `it was well again after ${recoversMs} ms`],
    [drainedMs !== null, 'what had been paid was not found by asking'],
  ];
  violations.push(...claims.filter(([holds]) => !holds).map(([, what]) => what));
  violations.push(...(await auditAtRest(outside, REST_MAX_MS)));
  const figures = {
    p99Ms,
    opensAfterMs,
    callsPerSecond: Number(perSecond.toFixed(2)),
    recoversMs,
    drainedMs,
  };
  return { figures, violations: [...new Set(violations)].map((what) => `${mode}: ${what}`) };
}

/** Runs one kind of fault against a stack of its own. */
async function runMode(mode: Mode, port: number, size: Parameters<typeof measure>[1]) {
  const outside = await startOutside();
  const line = await openLine(outside.phone);
  const product = await startProduct(outside, port, line.url);
  try {
    return await measure({ outside, line, api: product.lines.API ?? '', mode }, size);
  } finally {
    await product.stop();
    await line.close();
    await outside.close();
  }
}

/**
 * The fault is on the line between the product and WeChat Pay, so neither has code for it.
 *
 * Seen red: with a breaker that admits everything, calls never stop, and each of them waits for its timeout.
 */
export const R19 = bar({
  proves:
    'a rail that hangs, refuses or talks nonsense is soon left alone, and everything is made good afterwards',
  flags: { rps: 20, seconds: 16 },
  run: async ({ seed, flags, note }) => {
    const random = seeded(seed);
    build();
    const port = await keptPort(random);
    const results = await lanes(MODES, MODES.length, async (mode, n) => {
      const result = await runMode(mode, port + n, { ...flags, random });
      note(`${mode}: ${JSON.stringify(result.figures)}`);
      return { mode, ...result };
    });
    const violations = results.flatMap((result) => result.violations);
    const measured = {
      ...Object.fromEntries(results.map(({ mode, figures }) => [mode, figures])),
      violations: violations.slice(0, 20),
    };
    return { pass: violations.length === 0, measured };
  },
});
