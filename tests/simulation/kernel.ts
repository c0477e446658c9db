/**
 * The kernel of the simulation controls time, chance and order. Work in a simulated process waits at a step. The kernel
 * picks the next step at random among those whose time has come, and moves the clock when there is none. Between two
 * steps everything that can run has run, so one seed gives one history.
 */
import { createHash } from 'node:crypto';
import { seeded } from '../support/seeded.ts';

/** A process that can be killed. After that, nothing that it waited for ever comes. */
export class Process {
  isAlive = true;
  readonly #endings: (() => void)[] = [];

  constructor(readonly name: string) {}

  /** Registers what others notice when it is killed, such as a broken connection. */
  onKill(ending: () => void): void {
    this.#endings.push(ending);
  }

  /** Kills it. The kernel never runs its waiting steps. */
  kill(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    for (const ending of this.#endings) ending();
  }
}

interface Entry {
  readonly atMs: number;
  readonly process: Process;
  readonly label: string;
  readonly resume: () => void;
}

const LAST_LABELS_MAX = 400;

/** The scheduler. */
export class Kernel {
  readonly random: () => number;
  readonly #ready: () => Promise<void>;
  #nowMs: number;
  #agenda: Entry[] = [];
  #steps = 0;
  #bug: unknown = null;
  readonly #trace = createHash('sha256');
  readonly #last: string[] = [];

  /** `ready` resolves when everything that can run has run. With a server, that includes its answers. */
  constructor(seed: number, startsAtMs: number, ready = idle) {
    this.random = seeded(seed);
    this.#nowMs = startsAtMs;
    this.#ready = ready;
  }

  /** Virtual time in epoch milliseconds. */
  now(): number {
    return this.#nowMs;
  }

  get steps(): number {
    return this.#steps;
  }

  /**
   * True with probability `share`. Draws no random number for 0, so a fault that is off does not change the history.
   */
  chance(share: number): boolean {
    return share > 0 && this.random() < share;
  }

  /** A whole number, `from` ≤ x ≤ `to`. */
  between(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from + 1));
  }

  /** One of the items. @throws RangeError when there is none */
  pick<T>(items: readonly T[]): T {
    const [item] = items.slice(Math.floor(this.random() * items.length));
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /**
   * Waits until the kernel picks this step, at the earliest after `delayMs`. Never resolves once the process is dead.
   */
  step(process: Process, label: string, delayMs = 0): Promise<void> {
    return new Promise((resolve) => this.after(process, delayMs, label, resolve));
  }

  /** Runs `job` after `delayMs`, unless the process is dead by then. */
  after(process: Process, delayMs: number, label: string, job: () => void): void {
    if (process.isAlive) {
      this.#agenda.push({
        atMs: this.#nowMs + Math.max(0, Math.round(delayMs)),
        process,
        label,
        resume: job,
      });
    }
  }

  /**
   * Starts work that nobody waits for. If it throws, that is a bug of the simulation or the product, and ends the run.
   */
  start(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      this.#bug ??= error;
    });
  }

  /** Adds a line to the history that is not a step: a decision or an answer. */
  note(text: string): void {
    const line = `${this.#nowMs} ${text}`;
    this.#trace.update(line).update('\n');
    this.#last.push(line);
    if (this.#last.length > LAST_LABELS_MAX) this.#last.shift();
  }

  /**
   * Runs step by step until `isOver`, or until nothing is left to run. `between` is called after each step, when
   * nothing runs.
   * @throws what started work has thrown
   */
  async run(isOver: () => boolean, between: () => Promise<void> | void = () => {}): Promise<void> {
    await this.#ready();
    while (this.#bug === null && !isOver()) {
      const entry = this.#next();
      if (entry === null) break;
      this.#steps += 1;
      this.note(`${entry.process.name} ${entry.label}`);
      entry.resume();
      await this.#ready();
      await between();
    }
    if (this.#bug !== null) throw this.#bug;
  }

  /** Moves time on at once. Steps that were due meanwhile run late. */
  leap(untilAtMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, untilAtMs);
  }

  /** A digest of the history so far. It is equal for two runs of one seed. */
  digest(): string {
    return this.#trace.copy().digest('hex');
  }

  /** The end of the history, for the report of a failure. */
  lastLines(): readonly string[] {
    return this.#last;
  }

  #next(): Entry | null {
    this.#agenda = this.#agenda.filter(({ process }) => process.isAlive);
    if (this.#agenda.length === 0) return null;
    let ready = this.#agenda.filter(({ atMs }) => atMs <= this.#nowMs);
    if (ready.length === 0) {
      this.#nowMs = this.#agenda.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
      ready = this.#agenda.filter(({ atMs }) => atMs <= this.#nowMs);
    }
    const picked = this.pick(ready);
    this.#agenda.splice(this.#agenda.indexOf(picked), 1);
    return picked;
  }
}

/** Runs everything that can run: first promises, until the event loop is idle. */
function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
