/** The product as a process of its own, to be killed. */
import { type Running, startNode } from '../load/measure.ts';

/** The built stack, or one half of it. */
export const START = 'dist/local/start.mjs';

/** The product, killed and restarted on the same folder and the same port. */
export class Victim {
  /** How often it was killed, or ended in the middle. */
  kills = 0;
  #running: Running | null = null;
  readonly #env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
  }

  /** Starts the product, and answers its URL. The port is always the same. */
  async start(): Promise<string> {
    this.#running = await startNode(START, this.#env, ['API']);
    return this.#running.lines.API ?? '';
  }

  /** The process, or null where none runs. */
  get pid(): number | null {
    const { child, pid } = this.#running ?? {};
    return pid === undefined || child?.exitCode !== null || child.signalCode !== null ? null : pid;
  }

  /** Resolves when it next prints something, or has ended. */
  async printed(): Promise<void> {
    await this.#running?.printed();
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const { child } = this.#running ?? {};
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    this.kills += 1;
  }

  /**
   * SIGTERM, as the platform ends a process. Answers how long it took, in milliseconds, and with which code or signal
   * it ended.
   */
  async end(): Promise<{ readonly ms: number; readonly code: number | string }> {
    const from = performance.now();
    await this.stop();
    const { exitCode, signalCode } = this.#running?.child ?? {};
    this.kills += 1;
    return { ms: performance.now() - from, code: exitCode ?? signalCode ?? 'nothing' };
  }

  /** Ends it normally. */
  async stop(): Promise<void> {
    await this.#running?.stop();
  }
}
