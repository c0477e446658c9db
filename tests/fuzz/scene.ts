/** One fuzzed world: what is done in it, and everything that must hold after each call. */

import { expireCoupons } from '../../functions/coupons/expireCoupons.ts';
import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { syncPayments } from '../../functions/payments/syncPayments.ts';
import { expirePoints } from '../../functions/points/expirePoints.ts';
import { payRewards } from '../../functions/points/payRewards.ts';
import { functions } from '../../local/functions.ts';
import { seedCatalogue } from '../../local/seed/seedCatalogue.ts';
import { everyCheck } from '../../shared/flows/operations/checkStore.ts';
import type { Database } from '../../shared/ports/database.ts';
import type { HttpRequest } from '../../shared/runtime/exchange.ts';
import { createRouter } from '../../shared/runtime/router.ts';
import { HOUR_MS, timeMs } from '../../shared/schemas/base.ts';
import { PhonePaymentView } from '../../shared/schemas/payments/payment.ts';
import { audited } from '../support/audited.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Actor, cast, LEARNERS, reenter } from './actors.ts';
import { type Input, wordOf } from './arbitrary.ts';
import type { Contract, Operation } from './contract.ts';
import { furnish } from './furnish.ts';
import type { Answered, Judge } from './judge.ts';
import { idShapes, privateKinds, withId } from './kinds.ts';

/** Stands where an id is meant, until the world is there to have one: `?OrderId:3`. */
const PICK = /^\?([A-Za-z]+):([0-9]+)$/;

/**
 * Ids that two learners may both see: whoever invites says who they are, a gift goes from hand to hand, and promotions
 * are the shop's own. Everything else that one has got, no other may get.
 */
const SHARED_KINDS: ReadonlySet<string> = new Set([
  'UserId',
  'GiftId',
  'GiftToken',
  'CampaignId',
  'FlashSaleId',
]);

/** What happens by itself, often. */
const TIMERS = [closeExpiredOrders, syncPayments, sweepTasks, expireCoupons, expirePoints, payRewards];

/** What is written although the call is refused, and why. */
const WRITES_WHEN_REFUSED: Readonly<Record<string, readonly string[]>> = {
  // Whose WeChat account holds something already is put before staff.
  bindWechat: ['cases'],
};
/** Guesses are counted, and so is what a platform refuses us with, whatever the call. */
const COUNTED = ['attempts', 'platformRefusals'];
/** What is too much for one person of the staff is kept for a second one to agree to. */
const PROPOSED = ['proposals', 'audit', 'auditHeads'];

/** Looking at people is written down, and so is opening what was bought: the only things that a GET may write. */
const WRITTEN_BY_LOOKING = /^audit|^usages$/;

/** What is too long is refused before anybody asks who sent it; who asks too often, before what they may. */
const OUT_OF_BOUNDS: readonly number[] = [413, 414, 429, 431];

const REPLAYS_MAX = 40;

/** One pick in so many is of anybody's ids. */
const OWN_OF = 4;

interface Writes {
  readonly database: (inner: Database) => Database;
  /** Names of the collections written since the last time, each once. */
  take(): string[];
}

/** Notes what is committed, in which collections. */
function watched(): Writes {
  const written = new Set<string>();
  return {
    take: () => {
      const names = [...written];
      written.clear();
      return names;
    },
    database: (inner) => ({
      find: (collection, id) => inner.find(collection, id),
      findMany: (collection, ids) => inner.findMany(collection, ids),
      list: (collection, query) => inner.list(collection, query),
      exportAll: () => inner.exportAll(),
      close: () => inner.close(),
      tx: async (work) => {
        let touched = new Set<string>();
        const value = await inner.tx((tx) => {
          touched = new Set();
          return work({
            find: (collection, id) => tx.find(collection, id),
            peek: (collection, id) => tx.peek(collection, id),
            insert: (collection, doc) => {
              touched.add(collection.name);
              return tx.insert(collection, doc);
            },
            update: (collection, doc) => {
              touched.add(collection.name);
              return tx.update(collection, doc);
            },
            remove: (collection, id) => {
              touched.add(collection.name);
              return tx.remove(collection, id);
            },
          });
        });
        for (const name of touched) written.add(name);
        return value;
      },
    }),
  };
}

/** How often each operation gave each outcome: `done`, or the code of a refusal. */
export type Tally = Map<string, Map<string, number>>;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The request as a host hands it over. */
function requestOf(operation: Operation, input: Input, token: string | null, address: string): HttpRequest {
  const isQuery = operation.method === 'GET' || operation.method === 'DELETE';
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(input.query)) {
    Object.defineProperty(query, name, {
      value: Array.isArray(value) ? value.map(wordOf) : wordOf(value),
      enumerable: true,
    });
  }
  const hasBody = !isQuery && input.body !== undefined;
  return {
    method: operation.method,
    path: operation.path.replace(/\{(\w+)\}/g, (_, name: string) => input.path[name] ?? ''),
    query,
    headers: {
      ...(hasBody && { 'content-type': 'application/json' }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    rawBody: hasBody ? Buffer.from(JSON.stringify(input.body)) : null,
    address,
  };
}

/** Each thing once: two picks may have become the same. */
function distinct(items: readonly unknown[]): unknown[] {
  const keyOf = (item: unknown) => JSON.stringify(isRecord(item) ? (item.productId ?? item) : item);
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/** The amount that a refusal says is the right one; null when it says none. */
function toldFen({ status, text }: Answered): number | null {
  const told = status === 409 ? /"(?:payableFen|refundFen)":([0-9]+)/.exec(text) : null;
  return told === null ? null : Number(told[1]);
}

/** A world that is fuzzed. Every method throws when something is not as it must be. */
export class Scene {
  readonly #world: World;
  readonly #contract: Contract;
  readonly #judge: Judge;
  readonly #writes: Writes;
  readonly #router = createRouter(functions);
  readonly #tally: Tally;
  readonly #shapes: ReadonlyMap<string, RegExp>;
  readonly #private: ReadonlySet<string>;
  readonly #pools = new Map<string, string[]>();
  /** Who has been given which private id. */
  readonly #owners = new Map<string, { readonly kind: string; readonly learner: string }>();
  readonly #payments: { readonly openid: string; readonly payment: PhonePaymentView }[] = [];
  /** Tokens that were refused once, and have to be for ever. */
  readonly #ended: string[] = [];
  /** Learners whom a fuzzed administrator made something else. */
  readonly #appointed = new Set<string>();
  #actors: Actor[] = [];
  #calls = 0;

  private constructor(world: World, contract: Contract, judge: Judge, writes: Writes, tally: Tally) {
    this.#world = world;
    this.#contract = contract;
    this.#judge = judge;
    this.#writes = writes;
    this.#tally = tally;
    this.#shapes = idShapes(contract);
    this.#private = privateKinds(contract);
  }

  /** A world with a catalogue and its people, in which something has happened. */
  static async open(contract: Contract, judge: Judge, tally: Tally, seed: number): Promise<Scene> {
    const writes = watched();
    const world = await createWorld({ seed, database: writes.database });
    const scene = new Scene(world, contract, judge, writes, tally);
    await seedCatalogue(world.ports);
    scene.#actors = await cast(world);
    await world.drain();
    for (const [kind, words] of await furnish(world)) scene.#pools.set(kind, [...words]);
    await scene.#look();
    return scene;
  }

  close(): Promise<void> {
    return this.#world.close();
  }

  /** How many there are to call as; which of them are learners, and which staff, the one who may do everything last. */
  static readonly actors = LEARNERS + 5;
  static readonly learners = Array.from({ length: LEARNERS }, (_, index) => 1 + index);
  static readonly staff = [LEARNERS + 4, LEARNERS + 4, LEARNERS + 3, LEARNERS + 2, LEARNERS + 1];

  /** Everybody looks at everything that they can look at, so that there are ids to use: twice, to use those of lists. */
  async #look(): Promise<void> {
    const lookers = [...Scene.learners, LEARNERS + 4].flatMap((who) => this.#actors[who] ?? []);
    const looks = this.#contract.operations.filter(({ method }) => method === 'GET');
    for (const actor of [...lookers, ...lookers]) {
      for (const operation of looks) {
        const isBlind = operation.parameters.some((one) => one.in === 'query' && one.required);
        const isTheirs = (operation.access === 'staff') === (actor.role !== 'learner');
        if (!isTheirs || operation.access === 'platform' || isBlind) continue;
        const { status, text } = await this.#ask(operation, this.#plain(operation, actor), actor.token);
        if (status === 200) this.#learn(actor, text);
      }
    }
  }

  /** One call by somebody of the cast. `change` turns the input, once its ids are chosen, into another one. */
  async call(
    operation: Operation,
    who: number,
    asked: Input,
    change: (input: Input) => Input,
  ): Promise<void> {
    const actor = this.#actors[who % this.#actors.length];
    if (actor === undefined) throw new Error('there is nobody');
    const input = change(this.#chosen(asked, actor));
    if (operation.id === 'setStaffRole') this.#appointed.add(String(input.path.userId ?? input.path.id));
    const first = await this.#once(operation, input, actor);
    const told = toldFen(first);
    if (told === null || !isRecord(input.body) || !('shownFen' in input.body)) return;
    await this.#once(operation, { ...input, body: { ...input.body, shownFen: told } }, actor);
  }

  async #once(operation: Operation, input: Input, actor: Actor): Promise<Answered> {
    const answer = await this.#ask(operation, input, actor.token);
    const problems = this.#wrongWith(operation, input, actor, answer);
    if (answer.status >= 500)
      problems.push(`the log says ${JSON.stringify(this.#world.logs.at(-1)).slice(0, 1_500)}`);
    if (problems.length > 0) {
      throw new Error(
        `${operation.id} as ${actor.name} with ${JSON.stringify(input).slice(0, 600)}\n  ${problems.join('\n  ')}`,
      );
    }
    if (answer.status === 200) {
      this.#learn(actor, answer.text);
      this.#keepPayment(actor, answer.text);
      this.#keepCursor(answer.text);
    }
    await this.#leave(operation, actor, answer);
    return answer;
  }

  /** The phone confirms one of the payments that were opened. */
  async pay(which: number): Promise<void> {
    const opened = this.#payments[which % Math.max(1, this.#payments.length)];
    if (opened === undefined) return;
    const { openid, payment } = opened;
    if (payment.rail === 'wxpay') this.#world.wechatPay.phone.pay({ ...payment, openid }, 'confirm');
    else this.#world.xpay.phone.payVirtual({ ...payment, openid, platform: 'android' }, 'confirm');
    await this.#world.drain();
  }

  /** Lets time pass, and what follows of everything happen. */
  async pass(ms: number): Promise<void> {
    this.#world.clock.advance(ms);
    for (const timer of TIMERS) await this.#world.run(timer);
    await this.#world.drain();
    this.#writes.take();
  }

  /** Every id that one learner alone was given, asked for by the others: none may get anything, or change anything. */
  async replay(): Promise<void> {
    const learners = this.#actors.filter(({ role }) => role === 'learner');
    const owned = [...this.#owners].filter(([, { kind }]) => !SHARED_KINDS.has(kind)).slice(-REPLAYS_MAX);
    for (const [id, { kind, learner }] of owned) {
      const stranger = learners.find(({ name }) => name !== learner);
      if (stranger === undefined) continue;
      for (const operation of this.#contract.operations) {
        if (operation.access !== 'member' && operation.access !== 'optional') continue;
        const input = withId(operation, this.#contract, this.#plain(operation), kind, id);
        if (input === null) continue;
        const answer = await this.#ask(operation, input, stranger.token);
        const written = this.#writes.take();
        if (answer.status >= 400 && answer.status < 500 && written.length === 0) continue;
        throw new Error(
          `${operation.id} gave ${stranger.name} ${answer.status} for ${id} of ${learner}, and wrote ${written.join()}`,
        );
      }
    }
  }

  /** Whether anything that is stored contradicts anything else that is: by the audit, and by the nightly look. */
  async audit(): Promise<void> {
    await this.#world.drain();
    const { clock, ports } = this.#world;
    const findings: unknown[] = [];
    const all = await audited(ports.database);
    // The task that was given up before it all began is found, too.
    const known = this.#pools.get('TaskId') ?? [];
    findings.push(...all.findings.filter(({ about }) => !known.includes(about)));
    // Whatever follows from a payment has followed by then; timers have not run.
    for await (const check of everyCheck(ports.database, timeMs(clock.now() + HOUR_MS)))
      findings.push(...(await check()).filter(({ rule }) => rule !== 'task' && rule !== 'stuck'));
    if (findings.length > 0) throw new Error(`the store contradicts itself: ${JSON.stringify(findings)}`);
  }

  /** The least input: nothing in it but what is put in. */
  #plain({ path, parameters, body }: Operation, actor?: Actor): Input {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const inPath = Object.fromEntries(
      names.map((name) => [name, this.#pick(this.#kindOf(parameters, name), 1, actor)]),
    );
    return { path: inPath, query: {}, body: body === null ? undefined : {} };
  }

  #kindOf(parameters: Operation['parameters'], name: string): string {
    return parameters.find((one) => one.name === name)?.schema.$ref?.replace(/^.*\//, '') ?? '';
  }

  async #ask(operation: Operation, input: Input, token: string | null): Promise<Answered> {
    this.#writes.take();
    this.#calls += 1;
    // Nobody is stopped for asking often: limits have tests of their own.
    const address = `203.0.${(this.#calls >> 8) & 255}.${this.#calls & 255}`;
    const request = requestOf(operation, input, token, address);
    const found = this.#router.find(request.method, request.path);
    const { status, headers, body, chunks } = await this.#router.answer(request, this.#world.ports, found);
    let text = Buffer.from(body).toString('utf8');
    for await (const chunk of chunks ?? []) text += chunk;
    const outcomes = this.#tally.get(operation.id) ?? new Map<string, number>();
    const outcome = status < 400 ? 'done' : (/"code":"([^"]+)"/.exec(text)?.[1] ?? String(status));
    this.#tally.set(operation.id, outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1));
    return { status, headers, text };
  }

  #wrongWith(operation: Operation, input: Input, actor: Actor, answer: Answered): string[] {
    const written = this.#writes.take();
    const { status } = answer;
    const problems = this.#judge.wrongWith(operation, answer);
    const isProposal = answer.text.includes('"code":"staff.second_person_needed"');
    const mayWrite = [
      ...COUNTED,
      ...(isProposal ? PROPOSED : []),
      ...(WRITES_WHEN_REFUSED[operation.id] ?? []),
    ];
    const strays = written.filter((name) => !mayWrite.includes(name));
    if (status >= 400 && strays.length > 0) problems.push(`${status}, and wrote ${strays.join()}`);
    if (operation.method === 'GET' && written.some((name) => !WRITTEN_BY_LOOKING.test(name))) {
      problems.push(`a GET wrote ${written.join()}`);
    }
    if (!this.#judge.allows(operation, input) && status < 400 && operation.access !== 'platform') {
      problems.push(`${status} for what the document does not allow`);
    }
    const isKnown = actor.token !== null && !this.#ended.includes(actor.token);
    const isGuarded = operation.access === 'member' || operation.access === 'staff';
    const isOutOfBounds = OUT_OF_BOUNDS.includes(status);
    if (isGuarded && !isKnown && status !== 401 && !isOutOfBounds)
      problems.push(`${status} without a session`);
    const isLearner = actor.role === 'learner' && !this.#appointed.has(actor.userId ?? '');
    if (operation.access === 'staff' && isLearner && ![401, 403].includes(status) && !isOutOfBounds) {
      problems.push(`${status} for a learner at a route of the staff`);
    }
    if (isLearner || actor.role === null) problems.push(...this.#leaks(actor, input, answer));
    return problems;
  }

  /** Ids that were another learner's before. */
  #leaks(actor: Actor, input: Input, { status, text }: Answered): string[] {
    const sent = JSON.stringify(input);
    return this.#idsIn(text).flatMap(({ kind, id }) => {
      const owner = this.#owners.get(id);
      if (owner === undefined || owner.learner === actor.name) return [];
      const isEcho = sent.includes(id) && (status >= 400 || SHARED_KINDS.has(kind));
      return isEcho ? [] : [`${status} shows ${id}, which is ${owner.learner}’s`];
    });
  }

  #idsIn(text: string): { readonly kind: string; readonly id: string }[] {
    return [...this.#shapes].flatMap(([kind, shape]) =>
      (text.match(shape) ?? []).map((id) => ({ kind, id })),
    );
  }

  /** Remembers ids: to use them again, and whose they are. */
  #learn(actor: Actor, text: string): void {
    for (const { kind, id } of this.#idsIn(text)) {
      const pool = this.#pools.get(kind) ?? [];
      if (!pool.includes(id)) this.#pools.set(kind, [...pool, id]);
      const isOwned = actor.role === 'learner' && this.#private.has(kind) && !this.#owners.has(id);
      if (isOwned && !SHARED_KINDS.has(kind)) this.#owners.set(id, { kind, learner: actor.name });
    }
  }

  #keepCursor(text: string): void {
    const cursor = /"nextCursor":"([^"]+)"/.exec(text)?.[1];
    if (cursor !== undefined) this.#pools.set('Cursor', [...(this.#pools.get('Cursor') ?? []), cursor]);
  }

  #keepPayment({ openid }: Actor, text: string): void {
    if (!text.startsWith('{')) return;
    const body: unknown = JSON.parse(text);
    const data = isRecord(body) ? body.data : null;
    const payment = PhonePaymentView.safeParse(isRecord(data) ? data.payment : null).data;
    if (openid !== null && payment !== undefined) this.#payments.push({ openid, payment });
  }

  /** After a logout, or the end of a session by staff, the token is tried everywhere, and its owner comes back. */
  async #leave(operation: Operation, actor: Actor, { status, text }: Answered): Promise<void> {
    const isOver = text.includes('"auth.required"') || (operation.id === 'logout' && status === 200);
    if (actor.token === null || !isOver || this.#ended.includes(actor.token)) return;
    this.#ended.push(actor.token);
    for (const other of this.#contract.operations) {
      if (other.access !== 'member' && other.access !== 'staff') continue;
      const answer = await this.#ask(other, this.#plain(other), actor.token);
      if (answer.status !== 401) throw new Error(`${other.id} answered ${answer.status} after a logout`);
    }
    // Who was banned does not come back: then the old token goes on being refused.
    const again = await reenter(this.#world, actor).catch(() => actor);
    this.#actors[this.#actors.indexOf(actor)] = again;
    await this.#world.drain();
  }

  /** An id of a kind that has been seen, mostly one of the caller's own; or one that nobody has. */
  #pick(kind: string, which: number, actor?: Actor): string {
    const pool = this.#pools.get(kind) ?? [];
    const own = pool.filter((id) => this.#owners.get(id)?.learner === actor?.name);
    const from = actor?.role === 'learner' && own.length > 0 && which % OWN_OF !== 0 ? own : pool;
    const chosen = from[which % Math.max(1, from.length)];
    if (chosen !== undefined) return chosen;
    const prefix = /^\^([a-z]{3}_)/.exec(this.#contract.components[kind]?.pattern ?? '')?.[1] ?? 'x';
    return `${prefix}01JD${String(which).padStart(22, '0')}`;
  }

  /** A word that only this world has: an id, a place in a list, a code of the phone. Undefined when there is none. */
  #word(kind: string, which: number, actor: Actor): string | undefined {
    const cursors = this.#pools.get('Cursor') ?? [];
    if (kind === 'Cursor') return cursors[which % Math.max(1, cursors.length)];
    if (kind !== 'LoginCode') return this.#pick(kind, which, actor);
    return this.#world.weixin.phone.login(`learner-${(which % LEARNERS) + 1}`).code;
  }

  /** The input with words of this world where picks stood. */
  #chosen({ path, query, body }: Input, actor: Actor): Input {
    const choose = (value: unknown): unknown => {
      if (typeof value === 'string') {
        const [, kind, which] = PICK.exec(value) ?? [];
        return kind === undefined ? value : this.#word(kind, Number(which), actor);
      }
      if (Array.isArray(value)) return distinct(value.map(choose));
      if (!isRecord(value)) return value;
      const entries = Object.entries(value).map(([name, inner]) => [name, choose(inner)] as const);
      return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
    };
    const words = (record: unknown) =>
      Object.fromEntries(
        Object.entries(isRecord(record) ? record : {}).map(([name, value]) => [name, String(value)]),
      );
    const chosenQuery = choose(query);
    return { path: words(choose(path)), query: isRecord(chosenQuery) ? chosenQuery : {}, body: choose(body) };
  }
}
