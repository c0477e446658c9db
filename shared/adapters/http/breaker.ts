/**
 * Circuit breakers: who is down is not asked for a while, so that nobody waits for it and it is not kept down by us.
 * Who refuses us because of our own account is asked ever more rarely, until somebody has mended it. They live in one
 * process's memory, so their times are short.
 */
import { fail, refusalOf } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../../schemas/base.ts';

/** How far back calls count: ten seconds, in buckets of one. */
const WINDOW_MS = 10 * SECOND_MS;
const BUCKET_MS = SECOND_MS;
/** Fewer calls than this say nothing. */
const CALLS_MIN = 20;
/** It opens when this share of the calls failed: one half. */
const FAILED_SHARE = 0.5;
const OPEN_MS = 10 * SECOND_MS;
/** How many calls try whether it is up again, and all have to succeed. */
const PROBES = 3;
/** So many refusals because of our account, with nothing else in between: one buyer's odd account shuts nobody out. */
const OURS_IN_A_ROW = 3;
/** Then nobody is let through for half a minute, and after each probe that is refused the same twice as long. */
const HOLD_FIRST_MS = 30 * SECOND_MS;
/** About 150 requests a day, and at most ten minutes after it was mended. */
const HOLD_MAX_MS = 10 * MINUTE_MS;

/**
 * How a call ended: well, also when the answer was a refusal; failed; or refused because of our own account, key or
 * permission, so that every call of the kind will be.
 */
export type Ending = 'well' | 'failed' | 'ours';

interface Bucket {
  readonly atMs: number;
  calls: number;
  failures: number;
}

/** The right to call once. Its end has to be reported. */
export interface Permit {
  /** Which turn of the breaker it was given in: what began before the last turn says nothing any more. */
  readonly turn: number;
}

/**
 * One breaker, as a machine that is told the time:
 *
 *   closed ── half of 20 calls or more in 10 s failed ──▶ open ── 10 s ──▶ half open ── 3 probes succeeded ──▶ closed
 *                                                          ▲                  │
 *                                                          └── a probe failed ┘
 *
 * After three refusals in a row that are ours to mend it is open for 30 s, and then lets one probe through. A probe that
 * is refused the same opens it for twice as long as the last time, ten minutes at most.
 */
export class Breaker {
  #buckets: Bucket[] = [];
  /** Null while it is closed. */
  #openedAtMs: number | null = null;
  #openForMs = OPEN_MS;
  #oursInARow = 0;
  /** How long the last refusal that was ours kept it open; null when something else was the last. */
  #heldMs: number | null = null;
  #probesBegun = 0;
  #probesPassed = 0;
  #turn = 0;

  /** The right to call now, or null. */
  admit(now: number): Permit | null {
    if (this.#openedAtMs !== null) {
      if (this.waitMs(now) > 0 || this.#probesBegun === this.#probes) return null;
      this.#probesBegun += 1;
    }
    return { turn: this.#turn };
  }

  /** How long nobody is let through, for certain: 0 when closed or half open. A clock that was set back opens nothing. */
  waitMs(now: number): number {
    if (this.#openedAtMs === null) return 0;
    const agoMs = now - this.#openedAtMs;
    return agoMs >= 0 && agoMs < this.#openForMs ? this.#openForMs - agoMs : 0;
  }

  /** One is enough where the next would be answered the same. */
  get #probes(): number {
    return this.#heldMs === null ? PROBES : 1;
  }

  /** Says how a call ended. */
  report(permit: Permit, ending: Ending, now: number): void {
    if (permit.turn !== this.#turn) return;
    this.#oursInARow = ending === 'ours' ? this.#oursInARow + 1 : 0;
    if (ending === 'ours') {
      if (this.#openedAtMs !== null || this.#oursInARow >= OURS_IN_A_ROW) this.#hold(now);
    } else if (this.#openedAtMs === null) this.#count(ending === 'failed', now);
    else if (ending === 'failed') this.#turnTo(now);
    else {
      this.#probesPassed += 1;
      if (this.#probesPassed >= this.#probes) this.#turnTo(null);
    }
  }

  #hold(now: number): void {
    const heldMs = this.#heldMs === null ? HOLD_FIRST_MS : Math.min(HOLD_MAX_MS, this.#heldMs * 2);
    this.#turnTo(now);
    this.#heldMs = heldMs;
    this.#openForMs = heldMs;
  }

  #count(hasFailed: boolean, now: number): void {
    const atMs = now - (now % BUCKET_MS);
    this.#buckets = this.#buckets.filter((bucket) => bucket.atMs > now - WINDOW_MS && bucket.atMs <= now);
    const last = this.#buckets.at(-1);
    const bucket = last?.atMs === atMs ? last : { atMs, calls: 0, failures: 0 };
    if (bucket !== last) this.#buckets.push(bucket);
    bucket.calls += 1;
    if (hasFailed) bucket.failures += 1;
    const calls = this.#buckets.reduce((sum, each) => sum + each.calls, 0);
    const failures = this.#buckets.reduce((sum, each) => sum + each.failures, 0);
    if (calls >= CALLS_MIN && failures >= calls * FAILED_SHARE) this.#turnTo(now);
  }

  #turnTo(openedAtMs: number | null): void {
    this.#openedAtMs = openedAtMs;
    this.#openForMs = OPEN_MS;
    this.#heldMs = null;
    this.#buckets = [];
    this.#probesBegun = 0;
    this.#probesPassed = 0;
    this.#turn += 1;
  }
}

/** The breakers of one process, by endpoint. */
export class Breakers {
  readonly #clock: Clock;
  readonly #byEndpoint = new Map<string, Breaker>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Does the work, unless the endpoint's breaker is open: then null, at once. `ending` says how a call ended that was
   * answered. What is thrown has failed, unless it is a refusal that is ours to mend.
   */
  async run<T extends object>(
    endpoint: string,
    work: () => Promise<T>,
    ending: (answer: T) => Ending,
  ): Promise<T | null> {
    const breaker = this.#of(endpoint);
    const permit = breaker.admit(this.#clock.now());
    if (permit === null) return null;
    try {
      const answer = await work();
      breaker.report(permit, ending(answer), this.#clock.now());
      return answer;
    } catch (caught) {
      const isOurs = refusalOf(caught)?.verdict === 'ours';
      breaker.report(permit, isOurs ? 'ours' : 'failed', this.#clock.now());
      throw caught;
    }
  }

  /** The same for WeChat's own API. @throws wechat.unavailable at once while the breaker is open */
  async insist<T extends object>(
    endpoint: string,
    work: () => Promise<T>,
    ending: (answer: T) => Ending,
  ): Promise<T> {
    const answer = await this.run(endpoint, work, ending);
    if (answer !== null) return answer;
    const retryAfterSeconds = this.retryAfterSeconds(endpoint);
    const detail = `${endpoint} is down`;
    throw fail('wechat.unavailable', { params: { retryAfterSeconds }, detail, unasked: 'down' });
  }

  /** In how many whole seconds it is worth asking again: at least 1. */
  retryAfterSeconds(endpoint: string): number {
    return Math.max(1, Math.ceil(this.#of(endpoint).waitMs(this.#clock.now()) / SECOND_MS));
  }

  #of(endpoint: string): Breaker {
    const breaker = this.#byEndpoint.get(endpoint) ?? new Breaker();
    this.#byEndpoint.set(endpoint, breaker);
    return breaker;
  }
}
