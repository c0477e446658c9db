/** The measured stack. Product and simulators are processes of their own, so that CPU time is counted separately. */
import { PacePath } from '../../shared/schemas/payments/pace.ts';
import { exactCpuMs, exchange, type Running, rssMb, startNode } from '../load/measure.ts';

/** What is started. */
export const START = 'dist/local/start.mjs';

/** Node's flags of `npm start`. Source maps take memory. */
const FLAGS = ['--enable-source-maps'];

type Environment = Readonly<Record<string, string>>;

/** A running stack. */
export interface Stack {
  readonly product: Running;
  readonly outside: Running;
  readonly api: string;
  readonly phone: string;
  readonly folder: string;
  /** From the start of the process to the first answer of the API. */
  readonly startMs: number;
  /** The product's CPU time from its start to the first answer, in milliseconds. A busy machine does not raise it. */
  readonly startCpuMs: number;
  /** Memory a minute after the first answer, or as long after it as was asked, without other requests, in megabytes. */
  readonly idleRssMb: number;
}

/**
 * How much faster the simulators act. Real refunds take up to a minute at the rails, but the product is what is
 * measured.
 */
const SIMULATED_FASTER = '1000';
/** After this time, memory that was only needed for the start has been released. */
const IDLE_MS = 60_000;

/** Waits that many milliseconds of real time. */
export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A pace so high that it never limits: the product's own speed is measured. */
const PACES = JSON.stringify(Object.fromEntries(PacePath.options.map((path) => [path, 1_000])));

/** The environment of the product, without its log setting. */
export function productEnv(folder: string, phone: string): Environment {
  return { ROLE: 'product', PORT: '0', DATA_DIR: folder, SIMULATORS: phone, TRUSTED_PROXIES: '1', PACES };
}

/**
 * Starts both halves. The product's data is already seeded, so a normal start is measured and not the first one. The
 * memory is measured after `idleMs` without work: a minute when not given. `env` is passed to the product too.
 */
export async function startStack(
  folder: string,
  {
    idleMs = IDLE_MS,
    env: own = {},
    prepare = async () => undefined,
  }: {
    readonly idleMs?: number;
    readonly env?: Environment;
    /** Stores more in the seeded folder, while nobody has it open. */
    readonly prepare?: (folder: string) => Promise<void>;
  } = {},
): Promise<Stack> {
  const simulators = { ROLE: 'simulators', PORT: '0', DATA_DIR: folder, CLOCK_FACTOR: SIMULATED_FASTER };
  const outside = await startNode(START, simulators, ['Phone']);
  const phone = outside.lines.Phone ?? '';
  const env = { ...productEnv(folder, phone), ...own, LOG: 'on' };
  await (await startNode(START, env, ['API'], FLAGS)).stop();
  await prepare(folder);
  const from = performance.now();
  const product = await startNode(START, env, ['API'], FLAGS);
  const api = product.lines.API ?? '';
  await exchange('GET', `${api}/api/courses`);
  const startMs = performance.now() - from;
  const startCpuMs = exactCpuMs(product.pid);
  await pause(idleMs);
  return { product, outside, api, phone, folder, startMs, startCpuMs, idleRssMb: rssMb(product.pid) };
}
