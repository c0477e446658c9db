/** Fair scheduling of heavy work: few jobs run at once, and waiting ones are served in turn. */
import { fail } from '../../errors.ts';
import type { HashWork } from '../../ports/passwords.ts';

/** How many jobs run at once, and how many wait in each lane. */
export interface TurnLimits {
  /** At least 2, because one turn is always reserved for the lane `login`. */
  readonly runningMax: number;
  readonly waitingMax: number;
}

interface Waiting {
  readonly start: () => void;
  readonly refuse: () => void;
}

const RETRY_AFTER_SECONDS = 10;

/** The waiting jobs of one lane, by source. The first source in the map is served next. */
class Lane {
  running = 0;
  readonly #waitingMax: number;
  readonly #bySource = new Map<string, Waiting[]>();
  #count = 0;

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  get isWaiting(): boolean {
    return this.#count > 0;
  }

  /**
   * Adds a job to the end of its source's queue. When the lane is full, the last job of the longest queue is
   * refused.
   */
  add(source: string, waiting: Waiting): void {
    const own = this.#bySource.get(source) ?? [];
    own.push(waiting);
    this.#bySource.set(source, own);
    this.#count += 1;
    if (this.#count <= this.#waitingMax) return;
    let longest = own;
    for (const line of this.#bySource.values()) if (line.length > longest.length) longest = line;
    const refused = longest.pop();
    this.#count -= 1;
    if (own.length === 0) this.#bySource.delete(source);
    refused?.refuse();
  }

  /** The first job of the next source. That source then goes behind all others. */
  next(): Waiting | undefined {
    for (const [source, line] of this.#bySource) {
      const first = line.shift();
      this.#bySource.delete(source);
      if (line.length > 0) this.#bySource.set(source, line);
      if (first === undefined) continue;
      this.#count -= 1;
      return first;
    }
    return undefined;
  }
}

/**
 * Runs jobs in turn. The lane `login` may take every turn, the lane `account` all but one, so that a login never
 * waits for a queue of other work. While both wait, they alternate. Within a lane the sources take turns, however
 * often each asks.
 * @throws request.too_many for a job that does not fit into the queue
 */
export function fairTurns({
  runningMax,
  waitingMax,
}: TurnLimits): <T>(work: HashWork, job: () => Promise<T>) => Promise<T> {
  const login = new Lane(waitingMax);
  const account = new Lane(waitingMax);
  const mayStart = (lane: Lane) =>
    login.running + account.running < runningMax && (lane === login || account.running < runningMax - 1);

  function startNext(): void {
    const isAccounts = account.isWaiting && mayStart(account) && (login.running > 0 || !login.isWaiting);
    const lane = isAccounts ? account : login;
    if (mayStart(lane)) lane.next()?.start();
  }

  return async (work, job) => {
    const lane = work.lane === 'login' ? login : account;
    if (!mayStart(lane) || lane.isWaiting) {
      await new Promise<void>((resolve, reject) => {
        const start = () => {
          lane.running += 1;
          resolve();
        };
        const params = { retryAfterSeconds: RETRY_AFTER_SECONDS };
        const refuse = () => reject(fail('request.too_many', { params, detail: `too many in ${work.lane}` }));
        lane.add(work.source, { start, refuse });
      });
    } else lane.running += 1;
    try {
      return await job();
    } finally {
      lane.running -= 1;
      startNext();
    }
  };
}
