import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../../shared/schemas/base.ts';
import { type Running, rssMb } from '../load/measure.ts';
import { bar } from './bar.ts';
import { build, JSON_HEADERS, startOutside, startProduct } from './processes.ts';

/** How long an honest client waits before it gives up. It is far more than the product needs. */
const PATIENCE_MS = 20 * SECOND_MS;
const SAMPLE_EVERY_MS = 50;
/** The most memory under attack, as a multiple of the memory at honest work alone. */
const RSS_RATIO_MAX = 2.5;
/** The bytes that each half-sent body has sent. It promised twice as many. */
const HALF_BYTES = 100_000;
/**
 * More than a short body, in chunks. If the host counted connections and not bytes, the slow senders would keep such
 * bodies out.
 */
const LONG_BODY = JSON.stringify({ code: 'x'.repeat(150_000) });

/** The address of honest clients, as a proxy tells it. The attackers have other addresses. */
const HONEST_ADDRESS = '8.8.4.4';

const DOWNLOAD = 'GET /docs/viewer.js HTTP/1.1\r\nhost: x\r\n\r\n';
const HALF_HEAD = `POST /api/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${2 * HALF_BYTES}\r\n\r\n`;
const CHUNKED_HEAD =
  'POST /api/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';

/** A connection that sends these bytes and never reads. When it is closed, a new one follows. */
function holder(port: number, bytes: string | Buffer): { close(): void } {
  let isOver = false;
  let socket: Socket | null = null;
  const open = () => {
    if (isOver) return;
    socket = connect(port, '127.0.0.1', () => socket?.write(bytes));
    socket.pause();
    socket.on('error', () => undefined);
    socket.on('close', () => setTimeout(open, SECOND_MS));
  };
  open();
  return {
    close: () => {
      isOver = true;
      socket?.destroy();
    },
  };
}

/** A connection that sends a chunk of one byte again and again. */
function drip(port: number): { close(): void } {
  const socket = connect(port, '127.0.0.1', () => socket.write(`${CHUNKED_HEAD}1\r\n{\r\n`));
  socket.on('error', () => undefined);
  const timer = setInterval(() => socket.writable && socket.write('1\r\n \r\n'), 200);
  return {
    close: () => {
      clearInterval(timer);
      socket.destroy();
    },
  };
}

/** The status of an honest call over a connection of its own; 0 when no answer came. */
function statusOf(port: number, method: string, path: string, body: string | null): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'x-forwarded-for': HONEST_ADDRESS, ...(body === null ? {} : JSON_HEADERS) };
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
      answer.on('error', () => resolve(0));
    });
    sent.setTimeout(PATIENCE_MS, () => sent.destroy());
    sent.on('error', () => resolve(0));
    // Without a length, the body goes in chunks.
    if (body !== null) sent.write(body);
    sent.end();
  });
}

/** Honest calls and their expected status. */
const HONEST: readonly (readonly [string, string, string | null, number])[] = [
  ['GET', '/api/products', null, 200],
  ['GET', '/docs/openapi.json', null, 200],
  ['POST', '/api/login', JSON.stringify({ code: 'nobody-issued-this' }), 401],
  ['POST', '/api/login', LONG_BODY, 400],
];

/** How many honest calls got the expected answer, and the most memory meanwhile, in megabytes. */
interface Worked {
  readonly served: number;
  readonly rss: number;
}

/**
 * Makes `calls` honest calls, one after the other. Answers how many got the expected answer, and the most memory
 * meanwhile.
 */
async function work({ child, pid }: Running, port: number, calls: number): Promise<Worked> {
  let rss = 0;
  const sample = () => {
    // A dead process holds no memory. That it died shows in the number of served calls.
    if (child.exitCode === null && child.signalCode === null) rss = Math.max(rss, rssMb(pid));
  };
  const sampling = setInterval(sample, SAMPLE_EVERY_MS);
  let served = 0;
  for (let call = 0; call < calls; call += 1) {
    const [method, path, body, status] = HONEST[call % HONEST.length] ?? HONEST[0] ?? ['', '', null, 0];
    if ((await statusOf(port, method, path, body)) === status) served += 1;
  }
  clearInterval(sampling);
  sample();
  return { served, rss: Math.round(rss) };
}

/**
 * Memory under attack is compared with that of the same product at the same honest work before it. The served calls are
 * compared with all calls. No time is judged.
 *
 * Seen red: a host that answers all requests of a connection concurrently and reads each page anew serves nobody, takes
 * 5.8 GB instead of 114 MB, and dies. With bounds it serves everybody, with less than twice the memory.
 */
export const R39 = bar({
  proves:
    'connections that hold all they can change nothing for others, and the product holds little for them',
  flags: { connections: 400, pipelined: 8, halves: 1_200, chunked: 8, honest: 120 },
  run: async ({ flags, note }) => {
    build();
    const outside = await startOutside();
    const product = await startProduct(outside, 0);
    const port = Number(new URL(product.lines.API ?? '').port);
    const held: { close(): void }[] = [];
    try {
      await work(product, port, flags.honest);
      const calm = await work(product, port, flags.honest);
      note(`calm: ${JSON.stringify(calm)}`);
      const pipelined = DOWNLOAD.repeat(flags.pipelined);
      for (let n = 0; n < flags.connections; n += 1) held.push(holder(port, pipelined));
      const half = Buffer.concat([Buffer.from(HALF_HEAD), Buffer.alloc(HALF_BYTES, ' ')]);
      for (let n = 0; n < flags.halves; n += 1) held.push(holder(port, half));
      for (let n = 0; n < flags.chunked; n += 1) held.push(drip(port));
      await sleep(2 * SECOND_MS);
      const attacked = await work(product, port, flags.honest);
      note(`attacked: ${JSON.stringify(attacked)}`);
      for (const one of held.splice(0)) one.close();
      const after = await work(product, port, flags.honest);
      const rssRatio = attacked.rss / calm.rss;
      const violations = Object.entries({ calm, attacked, after })
        .filter(([, { served }]) => served !== flags.honest)
        .map(([when, { served }]) => `${served} of ${flags.honest} honest calls were served ${when}`);
      if (rssRatio > RSS_RATIO_MAX) violations.push(`memory rose ${rssRatio.toFixed(2)} times`);
      const measured = { calm, attacked, after, rssRatio: Math.round(rssRatio * 100) / 100, violations };
      return { pass: violations.length === 0, measured };
    } finally {
      for (const one of held) one.close();
      await product.stop();
      await outside.close();
    }
  },
});
