/** Turns at heavy work: few jobs run at once, and who waits is served fairly. */
import { fail } from '../../errors.ts';
import type { HashWork } from '../../ports/passwords.ts';

/** How many run at once, and how many of each lane wait for that. */
export interface TurnLimits {
  /** At least 2: one turn is always kept for the lane `login`. */
  readonly runningMax: number;
  readonly waitingMax: number;
}

interface Waiting {
  readonly start: () => void;
  readonly refuse: () => void;
}

const RETRY_AFTER_SECONDS = 10;

/** Those who wait in one lane, by source. The first source in the map is the next to be served. */
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

  /** Puts somebody at the end of their source's line. In a full lane somebody is refused: the last of the longest line. */
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

  /** The first of the source whose turn it is, which then goes behind all other sources. */
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
 * Runs jobs in turn. The lane `login` may take every turn, the lane `account` all but one, so that a login never waits
 * for a whole line of other work; while both wait, each has a turn. Within a lane the sources take turns, whoever
 * among them asks more often. @throws request.too_many for who does not fit into the line
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
