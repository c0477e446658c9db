/** What all screens share: calls, the session, kept ids and reasons. It has no look of its own. */
import type { StaffClient } from '../../client/staff.ts';
import { type ClientOptions, call, callForFile, ZhikeError } from '../../client/transport.ts';
import { reasonWords } from '../refusals.ts';
import { KeptIds } from './ids.ts';
import { Answers } from './latest.ts';
import { mayCall } from './may.ts';
import { type NameKind, type NameMap, Names } from './names.ts';
import { fieldsOf, type OperationName, operationOf } from './schema.ts';
import { Sessions, type TabStorage } from './session.ts';

/** What an operation takes. */
export type Input<O extends OperationName> = NonNullable<Parameters<StaffClient[O]>[0]>;

/** What an operation answers. */
export type Output<O extends OperationName> = Awaited<ReturnType<StaffClient[O]>>;

/** What the desk takes from outside. Tests give their own. */
export interface Outside {
  /** The URL of the API; empty for the same origin. */
  readonly apiUrl: string;
  readonly storage: TabStorage;
  readonly now: () => number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** Sends a request; `fetch` when left out. */
  readonly request?: NonNullable<ClientOptions['request']>;
}

/** The answers that are kept for going back. */
const ANSWERS_MAX = 60;

/** How many staff are known by name. */
const STAFF_MAX = 50;

const REASONS = 'zhike.reasons';

/** Why a call did not do what was asked, as people are told. */
export interface Trouble {
  readonly says: string;
  /** The id to give to those who run the shop; null when there was no answer. */
  readonly requestId: string | null;
  readonly code: string;
}

/** What people are told of something that was thrown. Only a refusal of the API has words of its own. */
export function troubleOf(thrown: unknown): Trouble {
  if (!(thrown instanceof ZhikeError)) {
    return { says: '没有收到回复，请检查网络后重试。', requestId: null, code: 'no_answer' };
  }
  const { code, message, requestId, status } = thrown;
  if (code === 'unknown') return { says: `服务暂时不可用（${status}），请稍后重试。`, requestId, code };
  const why = reasonWords(thrown.params.reason);
  const sentence = /[。？！]$/.test(message) ? message : `${message}。`;
  return { says: why === null ? sentence : `${sentence.slice(0, -1)}：${why}。`, requestId, code };
}

const isRefusal = (thrown: unknown, code: string) => thrown instanceof ZhikeError && thrown.code === code;

/** Asks whoever is there for a second factor. Answers whether one was shown. */
export type AskFactor = () => Promise<boolean>;

/** The desk. One for each tab. */
export class Desk {
  readonly outside: Outside;
  readonly sessions: Sessions;
  readonly ids: KeptIds;
  readonly answers = new Answers(ANSWERS_MAX);
  /** What ids and codes are called. */
  readonly names = new Names((kind) => this.#namesOf(kind));
  /** What the things are called that were opened in this tab, by their paths. */
  readonly titles = new Map<string, string>();
  /** Set by the dialog that asks. */
  askFactor: AskFactor = () => Promise.resolve(false);
  #asking: Promise<boolean> | null = null;
  readonly #changed = new Set<() => void>();

  constructor(outside: Outside) {
    this.outside = outside;
    this.sessions = new Sessions(outside.storage, outside.now);
    this.ids = new KeptIds(outside);
    this.sessions.watch(() => {
      if (this.sessions.current === null) this.#forget();
    });
  }

  /**
   * Makes a call. Where a second factor has to be shown first, it is asked for, and the same input is sent again. A
   * session that has ended is ended here too.
   * @throws ZhikeError, or what the network threw when there was no answer
   */
  async call<O extends OperationName>(name: O, input: Input<O>): Promise<Output<O>> {
    try {
      return await this.#send(name, input);
    } catch (thrown) {
      if (!isRefusal(thrown, 'auth.second_factor_required') || !this.#hasFactor()) throw thrown;
      if (!(await this.#askOnce())) throw thrown;
      return await this.#send(name, input);
    }
  }

  /** As `call`, for something that changes what is shown: all that is on the screen is read again. */
  async change<O extends OperationName>(name: O, input: Input<O>): Promise<Output<O>> {
    const output = await this.call(name, input);
    this.readAgain();
    return output;
  }

  /** Lets all that is shown be read again. */
  readAgain(): void {
    this.answers.clear();
    for (const told of this.#changed) told();
  }

  /** Calls `told` whenever what is shown has to be read again. Answers what ends that. */
  watchChanges(told: () => void): () => void {
    this.#changed.add(told);
    return () => this.#changed.delete(told);
  }

  /** The reason that was given in this tab for looking at a person; null before. */
  reasonFor(userId: string): string | null {
    return this.#reasons()[userId] ?? null;
  }

  giveReason(userId: string, reason: string): void {
    this.outside.storage.setItem(REASONS, JSON.stringify({ ...this.#reasons(), [userId]: reason }));
    this.readAgain();
  }

  #reasons(): Readonly<Record<string, string>> {
    return JSON.parse(this.outside.storage.getItem(REASONS) ?? '{}') as Record<string, string>;
  }

  #hasFactor(): boolean {
    return this.sessions.current?.hasFactor === true;
  }

  #askOnce(): Promise<boolean> {
    this.#asking ??= this.askFactor().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #send<O extends OperationName>(name: O, input: Input<O>): Promise<Output<O>> {
    const { apiUrl: baseUrl, random, request } = this.outside;
    const { route } = operationOf(name);
    const [method, path = ''] = route.split(' ') as [ClientMethod, string];
    const session = this.sessions.current;
    const options = { baseUrl, random, token: () => session?.token ?? null, ...(request && { request }) };
    const carry = name === 'exportTable' ? callForFile : call<Output<O>>;
    try {
      return (await carry(options, method, path, input)) as Output<O>;
    } catch (thrown) {
      if (isRefusal(thrown, 'auth.required') && session === this.sessions.current) this.sessions.end();
      throw thrown;
    }
  }

  async #namesOf(kind: NameKind): Promise<NameMap> {
    if (kind === 'code') return new Map(Object.entries((await import('../codeWords.ts')).codeWords));
    const user = this.sessions.current?.user;
    if (user === undefined) return new Map();
    if (kind === 'category') {
      const { items } = await this.call('listAllCategories', {});
      return new Map(items.map(({ id, title }) => [id, title]));
    }
    const own = [user.id, user.nickname] as const;
    if (!mayCall(user.role, 'listStaff')) return new Map([own]);
    const { items } = await this.call('listStaff', { limit: STAFF_MAX });
    return new Map([own, ...items.map(({ id, nickname }) => [id, nickname] as const)]);
  }

  #forget(): void {
    this.answers.clear();
    this.names.forget();
    this.titles.clear();
    this.ids.drop('');
    this.outside.storage.removeItem(REASONS);
  }
}

type ClientMethod = Parameters<typeof call>[1];

/**
 * Whose data an input asks for, where looking at it is logged with a reason: the operation takes a `reason` that may be
 * left out, and names one person. Null for any other.
 */
export function personAsked(name: OperationName, input: Readonly<Record<string, unknown>>): string | null {
  const takesReason = fieldsOf(operationOf(name).input).some(
    (field) => field.name === 'reason' && field.type === 'AnyReason?',
  );
  return takesReason && typeof input.userId === 'string' && !('reason' in input) ? input.userId : null;
}
