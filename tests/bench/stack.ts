/** The stack that is measured: product and simulators as processes of their own, so that CPU is each one's alone. */
import { PacePath } from '../../shared/schemas/payments/pace.ts';
import { exchange, type Running, rssMb, startNode } from '../load/measure.ts';

/** What is started. */
export const START = 'dist/local/start.js';

/** A running stack. */
export interface Stack {
  readonly product: Running;
  readonly outside: Running;
  readonly api: string;
  readonly phone: string;
  readonly folder: string;
  /** From the process' start to the first answer of the API. */
  readonly startMs: number;
  /** A minute after the first answer, nothing else having been asked. */
  readonly idleRssMb: number;
}

/** Refunds take up to a minute at the rails: so much faster here, that the product is what is waited for. */
const SIMULATED_FASTER = '1000';
/** What is needed only to start has gone by then. */
const IDLE_MS = 60_000;

/** Waits that many milliseconds of real time. */
export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The simulators take as many calls as come: the product's own speed is measured, and not the pace it keeps. */
const PACES = JSON.stringify(Object.fromEntries(PacePath.options.map((path) => [path, 1_000])));

/** What the product is started with, besides its log. */
export function productEnv(folder: string, phone: string): Readonly<Record<string, string>> {
  return { ROLE: 'product', PORT: '0', DATA_DIR: folder, SIMULATORS: phone, TRUSTED_PROXIES: '1', PACES };
}

/** Starts the two halves. The product is seeded and warm on disk: what is measured is a start, not a first start. */
export async function startStack(folder: string): Promise<Stack> {
  const simulators = { ROLE: 'simulators', PORT: '0', DATA_DIR: folder, CLOCK_FACTOR: SIMULATED_FASTER };
  const outside = await startNode(START, simulators, ['Phone']);
  const phone = outside.lines.Phone ?? '';
  const env = { ...productEnv(folder, phone), LOG: 'on' };
  await (await startNode(START, env, ['API'])).stop();
  const from = performance.now();
  const product = await startNode(START, env, ['API']);
  const api = product.lines.API ?? '';
  await exchange('GET', `${api}/api/courses`);
  const startMs = performance.now() - from;
  await pause(IDLE_MS);
  return { product, outside, api, phone, folder, startMs, idleRssMb: rssMb(product.pid) };
}
