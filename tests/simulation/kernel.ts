/**
 * The kernel of the simulation: time, chance and order are its own. Whoever works in a simulated process waits at a
 * step; the kernel picks the next one at random among those whose time has come, and moves the clock when there is
 * none. Between two steps everything that is ready to run has run, so one seed gives one history.
 */
import { createHash } from 'node:crypto';
import { seeded } from '../support/seeded.ts';

/** Something that works, and that can be killed: from then on nothing that it waited for ever comes. */
export class Process {
  isAlive = true;
  readonly #endings: (() => void)[] = [];

  constructor(readonly name: string) {}

  /** What others find out when it is killed: a connection that breaks. */
  onKill(ending: () => void): void {
    this.#endings.push(ending);
  }

  /** Ends it. Its entries in the kernel's agenda are never reached again. */
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
  #nowMs: number;
  #agenda: Entry[] = [];
  #steps = 0;
  #bug: unknown = null;
  readonly #trace = createHash('sha256');
  readonly #last: string[] = [];

  constructor(seed: number, startsAtMs: number) {
    this.random = seeded(seed);
    this.#nowMs = startsAtMs;
  }

  /** Virtual time, epoch milliseconds. */
  now(): number {
    return this.#nowMs;
  }

  get steps(): number {
    return this.#steps;
  }

  /** True with probability `share`. Draws nothing when it is 0, so that a fault that is off changes no history. */
  chance(share: number): boolean {
    return share > 0 && this.random() < share;
  }

  /** A whole number, `from` ≤ x ≤ `to`. */
  between(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from + 1));
  }

  /** One of them. @throws RangeError when there is none */
  pick<T>(items: readonly T[]): T {
    const [item] = items.slice(Math.floor(this.random() * items.length));
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** Waits until the kernel picks this step, not before `delayMs` have passed. Never comes back once the process is dead. */
  step(process: Process, label: string, delayMs = 0): Promise<void> {
    return new Promise((resolve) => this.after(process, delayMs, label, resolve));
  }

  /** Runs `job` in `delayMs`, unless the process is dead by then. */
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

  /** Starts work that nobody waits for. What it throws is a bug of the simulation or of the product, and ends the run. */
  start(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      this.#bug ??= error;
    });
  }

  /** Notes something in the history that is no step: what somebody decided, or was answered. */
  note(text: string): void {
    const line = `${this.#nowMs} ${text}`;
    this.#trace.update(line).update('\n');
    this.#last.push(line);
    if (this.#last.length > LAST_LABELS_MAX) this.#last.shift();
  }

  /**
   * Goes on step by step until `isOver`, or until nothing is left that could happen. `between` is called after each
   * step, when nothing runs.
   * @throws what work that was started has thrown
   */
  async run(isOver: () => boolean, between: () => Promise<void> | void = () => {}): Promise<void> {
    await ready();
    while (this.#bug === null && !isOver()) {
      const entry = this.#next();
      if (entry === null) break;
      this.#steps += 1;
      this.note(`${entry.process.name} ${entry.label}`);
      entry.resume();
      await ready();
      await between();
    }
    if (this.#bug !== null) throw this.#bug;
  }

  /** Lets time pass at once until then; whatever was due meanwhile comes late. */
  leap(untilAtMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, untilAtMs);
  }

  /** The history so far in one number: equal for two runs of one seed. */
  digest(): string {
    return this.#trace.copy().digest('hex');
  }

  /** The end of the history, to look at when something is wrong. */
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

/** Lets everything run that is ready to run: promises first, then the loop has nothing else to do. */
function ready(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
