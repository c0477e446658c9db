/** The product as a process of its own, to be killed. */
import { type Running, startNode } from '../load/measure.ts';

/** What is started: the built stack, or a half of it. */
export const START = 'dist/local/start.js';

/** The product, killed and started again on the same folder and the same port. */
export class Victim {
  /** How often it was killed. */
  kills = 0;
  #running: Running | null = null;
  readonly #env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
  }

  /** Starts it, and answers where it listens: always on the same port. */
  async start(): Promise<string> {
    this.#running = await startNode(START, this.#env, ['API']);
    return this.#running.lines.API ?? '';
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

  /** Ends it in peace. */
  async stop(): Promise<void> {
    await this.#running?.stop();
  }
}
