/**
 * Circuit breakers: who is down is not asked for a while, so that nobody waits for it and it is not kept down by us.
 * They live in one process's memory, so their times are short.
 */
import { fail } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { SECOND_MS } from '../../schemas/base.ts';

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
 */
export class Breaker {
  #buckets: Bucket[] = [];
  /** Null while it is closed. */
  #openedAtMs: number | null = null;
  #probesBegun = 0;
  #probesPassed = 0;
  #turn = 0;

  /** The right to call now, or null. */
  admit(now: number): Permit | null {
    if (this.#openedAtMs !== null) {
      if (this.waitMs(now) > 0 || this.#probesBegun === PROBES) return null;
      this.#probesBegun += 1;
    }
    return { turn: this.#turn };
  }

  /** How long nobody is let through, for certain: 0 when closed or half open. A clock that was set back opens nothing. */
  waitMs(now: number): number {
    if (this.#openedAtMs === null) return 0;
    const agoMs = now - this.#openedAtMs;
    return agoMs >= 0 && agoMs < OPEN_MS ? OPEN_MS - agoMs : 0;
  }

  /** Says how a call ended. */
  report(permit: Permit, hasFailed: boolean, now: number): void {
    if (permit.turn !== this.#turn) return;
    if (this.#openedAtMs === null) this.#count(hasFailed, now);
    else if (hasFailed) this.#turnTo(now);
    else {
      this.#probesPassed += 1;
      if (this.#probesPassed === PROBES) this.#turnTo(null);
    }
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
   * Does the work, unless the endpoint's breaker is open: then null, at once. What is thrown counts as failed, and so
   * does an answer that `hasFailed` says so of.
   */
  async run<T extends object>(
    endpoint: string,
    work: () => Promise<T>,
    hasFailed: (answer: T) => boolean,
  ): Promise<T | null> {
    const breaker = this.#of(endpoint);
    const permit = breaker.admit(this.#clock.now());
    if (permit === null) return null;
    try {
      const answer = await work();
      breaker.report(permit, hasFailed(answer), this.#clock.now());
      return answer;
    } catch (caught) {
      breaker.report(permit, true, this.#clock.now());
      throw caught;
    }
  }

  /** The same for WeChat's own API. @throws wechat.unavailable at once while the breaker is open */
  async insist<T extends object>(
    endpoint: string,
    work: () => Promise<T>,
    hasFailed: (answer: T) => boolean,
  ): Promise<T> {
    const answer = await this.run(endpoint, work, hasFailed);
    if (answer !== null) return answer;
    const retryAfterSeconds = this.retryAfterSeconds(endpoint);
    throw fail('wechat.unavailable', { params: { retryAfterSeconds }, detail: `${endpoint} is down` });
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
