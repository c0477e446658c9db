/**
 * Circuit breakers. An endpoint that is down is not called for a while, so that nobody waits for it and our calls do
 * not keep it down. An endpoint that refuses us because of our own account is called more and more rarely until that
 * is fixed. Breakers live in the memory of one process, so their times are short.
 */
import { fail, refusalOf } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { MINUTE_MS, SECOND_MS } from '../../schemas/base.ts';

/** The window in which calls are counted: ten seconds, in buckets of one second. */
const WINDOW_MS = 10 * SECOND_MS;
const BUCKET_MS = SECOND_MS;
/** Fewer calls than this do not open a breaker. */
const CALLS_MIN = 20;
/** A breaker opens when this share of the calls failed. */
const FAILED_SHARE = 0.5;
const OPEN_MS = 10 * SECOND_MS;
/** How many probe calls test whether it is up again. All of them have to succeed. */
const PROBES = 3;
/** How many refusals in a row because of our account open a breaker. A single one may be about one buyer. */
const OURS_IN_A_ROW = 3;
/** It is then open for half a minute, and after each refused probe for twice as long as before. */
const HOLD_FIRST_MS = 30 * SECOND_MS;
/** The longest time: about 150 requests a day, and at most ten minutes until a fix is noticed. */
const HOLD_MAX_MS = 10 * MINUTE_MS;

/**
 * How a call ended. `well`: it was answered, even if by a refusal. `failed`: it was not. `ours`: it was refused
 * because of our account, key or permission, so every such call will be.
 */
export type Ending = 'well' | 'failed' | 'ours';

interface Bucket {
  readonly atMs: number;
  calls: number;
  failures: number;
}

/** Permission for one call. The call's end has to be reported. */
export interface Permit {
  /** The turn of the breaker in which it was given. A call that began before the last change of state is ignored. */
  readonly turn: number;
}

/**
 * One circuit breaker. It is told the time.
 *
 *   closed ── half of 20 calls or more in 10 s failed ──▶ open ── 10 s ──▶ half open ── 3 probes succeeded ──▶ closed
 *                                                          ▲                  │
 *                                                          └── a probe failed ┘
 *
 * After three refusals in a row that are `ours`, it is open for 30 s and then lets one probe through. Each probe
 * refused the same way doubles that time, up to ten minutes.
 */
export class Breaker {
  #buckets: Bucket[] = [];
  /** Null while it is closed. */
  #openedAtMs: number | null = null;
  #openForMs = OPEN_MS;
  #oursInARow = 0;
  /** How long the last `ours` refusal kept it open; null when the last change of state had another reason. */
  #heldMs: number | null = null;
  #probesBegun = 0;
  #probesPassed = 0;
  #turn = 0;

  /** Permission to call now; null when the breaker is open. */
  admit(now: number): Permit | null {
    if (this.#openedAtMs !== null) {
      if (this.waitMs(now) > 0 || this.#probesBegun === this.#probes) return null;
      this.#probesBegun += 1;
    }
    return { turn: this.#turn };
  }

  /**
   * How long it certainly lets nobody through, in ms: 0 when closed or half open. A clock that was set back does not
   * open it.
   */
  waitMs(now: number): number {
    if (this.#openedAtMs === null) return 0;
    const agoMs = now - this.#openedAtMs;
    return agoMs >= 0 && agoMs < this.#openForMs ? this.#openForMs - agoMs : 0;
  }

  /** The turn that it is in: how often its state has changed. */
  get turn(): number {
    return this.#turn;
  }

  /** After an `ours` refusal one probe is enough, because the next would be answered the same. */
  get #probes(): number {
    return this.#heldMs === null ? PROBES : 1;
  }

  /** Reports how a call ended. */
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

/** The breakers of one process, by endpoint. The log has a line each time that one opens or closes. */
export class Breakers {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #byEndpoint = new Map<string, Breaker>();

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Does the work, unless the endpoint's breaker is open; then null at once. `ending` classifies an answered call. A
   * thrown error counts as `failed`, unless it is a refusal that is `ours`.
   */
  async run<T extends object>(
    endpoint: string,
    work: () => Promise<T>,
    ending: (answer: T) => Ending,
  ): Promise<T | null> {
    const breaker = this.#of(endpoint);
    const permit = breaker.admit(this.#clock.now());
    if (permit === null) return null;
    const report = (end: Ending) => this.#report(endpoint, permit, end);
    try {
      const answer = await work();
      report(ending(answer));
      return answer;
    } catch (caught) {
      const isOurs = refusalOf(caught)?.verdict === 'ours';
      report(isOurs ? 'ours' : 'failed');
      throw caught;
    }
  }

  /** As `run`, for WeChat's own API. @throws wechat.unavailable at once while the breaker is open */
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

  /** In how many whole seconds a new try makes sense: at least 1. */
  retryAfterSeconds(endpoint: string): number {
    return Math.max(1, Math.ceil(this.#of(endpoint).waitMs(this.#clock.now()) / SECOND_MS));
  }

  #report(endpoint: string, permit: Permit, ending: Ending): void {
    const now = this.#clock.now();
    const breaker = this.#of(endpoint);
    const before = breaker.turn;
    breaker.report(permit, ending, now);
    if (breaker.turn === before) return;
    const waitMs = breaker.waitMs(now);
    const outcome = waitMs > 0 ? 'open' : 'closed';
    this.#log.write(outcome === 'open' ? 'warn' : 'info', { breaker: endpoint, outcome, waitMs });
  }

  #of(endpoint: string): Breaker {
    const breaker = this.#byEndpoint.get(endpoint) ?? new Breaker();
    this.#byEndpoint.set(endpoint, breaker);
    return breaker;
  }
}
