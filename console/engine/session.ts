/** Who is logged in, in this tab: the token ends with the tab, and after half an hour without a touch. */
import type { UserView } from '../../client/types.ts';

/** What a session keeps. */
export interface Session {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly user: Pick<UserView, 'id' | 'nickname' | 'role'>;
  /** Whether the second factor was shown at login. Without it staff can only set one up. */
  readonly hasFactor: boolean;
}

/** A place that keeps texts by name for the tab. `sessionStorage` is one. */
export interface TabStorage {
  getItem(name: string): string | null;
  setItem(name: string, text: string): void;
  removeItem(name: string): void;
}

/** Half an hour. */
export const IDLE_MS = 30 * 60_000;

const KEPT = 'zhike.session';
const TOUCHED = 'zhike.touched';

/** Keeps the session of a tab, and tells those who watch when it comes or goes. */
export class Sessions {
  readonly #storage: TabStorage;
  readonly #now: () => number;
  readonly #watchers = new Set<() => void>();
  #session: Session | null;

  constructor(storage: TabStorage, now: () => number) {
    this.#storage = storage;
    this.#now = now;
    this.#session = kept(storage);
    this.endWhenOver();
  }

  /** The session; null when nobody is logged in. */
  get current(): Session | null {
    return this.#session;
  }

  begin(session: Session): void {
    this.#storage.setItem(KEPT, JSON.stringify(session));
    this.#storage.setItem(TOUCHED, String(this.#now()));
    this.#change(session);
  }

  end(): void {
    this.#storage.removeItem(KEPT);
    if (this.#session !== null) this.#change(null);
  }

  /** Somebody is there. A session that is over by then ends all the same. */
  touch(): void {
    if (!this.endWhenOver()) this.#storage.setItem(TOUCHED, String(this.#now()));
  }

  /** Ends a session that was not touched for half an hour, or whose time is over. Answers whether it ended now. */
  endWhenOver(): boolean {
    if (this.#session === null) return false;
    const idleMs = this.#now() - Number(this.#storage.getItem(TOUCHED) ?? 0);
    if (idleMs < IDLE_MS && this.#now() < this.#session.expiresAtMs) return false;
    this.end();
    return true;
  }

  /** Calls `told` after each change. Answers what ends that. */
  watch(told: () => void): () => void {
    this.#watchers.add(told);
    return () => this.#watchers.delete(told);
  }

  #change(session: Session | null): void {
    this.#session = session;
    for (const told of this.#watchers) told();
  }
}

function kept(storage: TabStorage): Session | null {
  const text = storage.getItem(KEPT);
  // Only this class writes there.
  return text === null ? null : (JSON.parse(text) as Session);
}
