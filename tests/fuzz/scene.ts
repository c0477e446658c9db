/** One fuzzed world: the calls in it, and the checks after each call. */

import { expireCoupons } from '../../functions/coupons/expireCoupons.ts';
import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { syncGoods } from '../../functions/operations/syncGoods.ts';
import { watchWaiting } from '../../functions/operations/watchWaiting.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { syncPayments } from '../../functions/payments/syncPayments.ts';
import { expirePoints } from '../../functions/points/expirePoints.ts';
import { payRewards } from '../../functions/points/payRewards.ts';
import { quoteOrder } from '../../functions/pricing/quoteOrder.ts';
import { foldShares } from '../../functions/shares/foldShares.ts';
import { expireDrops } from '../../functions/talk/expireDrops.ts';
import { foldComments } from '../../functions/talk/foldComments.ts';
import { rankHot } from '../../functions/talk/rankHot.ts';
import { functions } from '../../local/functions.ts';
import { seedCatalogue } from '../../local/seed/seedCatalogue.ts';
import { Refused } from '../../local/simulators/wxpay/wire.ts';
import { XpayRefused } from '../../local/simulators/xpay/requests.ts';
import * as users from '../../shared/data/identity/users.ts';
import { mayDo } from '../../shared/domain/identity/permission.ts';
import { endpointsOf } from '../../shared/runtime/endpoints.ts';
import { createRouter } from '../../shared/runtime/router.ts';
import { DAY_MS, HOUR_MS, timeMs } from '../../shared/schemas/base.ts';
import { StaffAction } from '../../shared/schemas/identity/permission.ts';
import { PhonePaymentView } from '../../shared/schemas/payments/payment.ts';
import { untold } from '../simulation/invariants.ts';
import { StoreReader } from '../simulation/store.ts';
import { audited } from '../support/audited.ts';
import { givenProduct } from '../support/given/course.ts';
import { givenOpened, orderFor } from '../support/given/order.ts';
import { confirm } from '../support/given/payment.ts';
import { askBack } from '../support/given/refund.ts';
import { nightlyFindings } from '../support/nightlyFindings.ts';
import { oneOf, seeded } from '../support/seeded.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Actor, cast, LEARNERS, reenter, replace } from './actors.ts';
import { accessAims } from './aims/access.ts';
import type { Aimed, Aims } from './aims/aim.ts';
import { catalogueAims } from './aims/catalogue.ts';
import { feedbackAims } from './aims/feedback.ts';
import { groupAims } from './aims/groups.ts';
import { identityAims } from './aims/identity.ts';
import { learningAims } from './aims/learning.ts';
import { offerAims } from './aims/offers.ts';
import { operationAims } from './aims/operations.ts';
import { orderAims } from './aims/orders.ts';
import { promotionAims } from './aims/promotions.ts';
import { questionAims } from './aims/questions.ts';
import { reviewAims } from './aims/review.ts';
import { shareAims } from './aims/shares.ts';
import { talkAims } from './aims/talk.ts';
import { writingAims } from './aims/writing.ts';
import type { Input } from './arbitrary.ts';
import type { Contract, Operation } from './contract.ts';
import { furnish } from './furnish.ts';
import type { Answered, Judge } from './judge.ts';
import { idShapes, privateKinds, withId } from './kinds.ts';
import { requestOf, sealedRequest } from './requests.ts';
import { Watched } from './watched.ts';
import { mayWriteRefused, WRITTEN_BY_LOOKING } from './writes.ts';

/** Stands for an id until the world can choose one: `?OrderId:3`. */
const PICK = /^\?([A-Za-z]+):([0-9]+)$/;

/**
 * Ids that two learners may both see: an inviter's id is passed on, a gift goes from hand to hand, promotions belong to
 * the shop, comments are for all to read, and a question is its expert's too. Any other id that one learner got must
 * reach no other.
 */
const SHARED_KINDS: ReadonlySet<string> = new Set([
  'UserId',
  'GiftId',
  'GiftToken',
  'CampaignId',
  'FlashSaleId',
  'CommentId',
  'GroupId',
  'TopicId',
  'QuestionId',
  'DropId',
  'ArticleId',
]);

/** Timers that run often. */
const TIMERS = [
  ...[closeExpiredOrders, syncPayments, sweepTasks, syncGoods],
  ...[expireCoupons, expirePoints, payRewards, watchWaiting, foldComments, rankHot],
  ...[expireCoupons, expirePoints, payRewards, watchWaiting, expireDrops, foldShares],
];

/** The aim of each operation. An operation without an aim only needs existing ids. */
const AIMS: Aims = {
  ...identityAims,
  ...catalogueAims,
  ...promotionAims,
  ...reviewAims,
  ...shareAims,
  ...feedbackAims,
  ...orderAims,
  ...accessAims,
  ...learningAims,
  ...offerAims,
  ...operationAims,
  ...writingAims,
  ...talkAims,
  ...groupAims,
  ...questionAims,
};

/** How many levels of aims may depend on each other. Example: publishing needs a draft, which needs a category. */
const DEPTH_MAX = 3;

/** Daily limits so low that many actions of staff need a second person. */
const DAILY_VALUE = {
  points: 3_000,
  accessFen: 200_000,
  membershipDays: 100,
  discountFen: 500_000,
  priceCut: 6_000,
};

/** Refusals that come before the caller is known (too long), or before permissions are checked (too often). */
const OUT_OF_BOUNDS: readonly number[] = [413, 414, 429, 431];

const REPLAYS_MAX = 40;

/** How long things wait at the end of a world: longer than anybody may wait without a person knowing. */
const HOURS_UNTOLD = DAY_MS / HOUR_MS;

/** One of this many picks takes an id of anybody; the others take one of the caller's own. */
const OWN_OF = 4;

/** How often each operation had each outcome: `done`, or the code of a refusal. */
export type Tally = Map<string, Map<string, number>>;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Each item once, because two picks may choose the same. */
function distinct(items: readonly unknown[]): unknown[] {
  const keyOf = (item: unknown) => JSON.stringify(isRecord(item) ? (item.productId ?? item) : item);
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/** Whether somebody may call an operation, by their identity. */
function mayCall({ access, action }: Operation, { role, token, openid }: Actor): boolean {
  if (access === 'platform') return token === null;
  if (access !== 'staff') return role === 'learner' && openid !== null;
  const may = StaffAction.safeParse(action);
  return may.success && role !== null && mayDo(role, may.data);
}

/** The right amount, if a refusal tells it; null otherwise. */
function toldFen({ status, text }: Answered): number | null {
  const told = status === 409 ? /"(?:payableFen|refundFen)":([0-9]+)/.exec(text) : null;
  return told === null ? null : Number(told[1]);
}

/** One call to make. */
export interface Asked {
  readonly operation: Operation;
  /** The index of the caller, for a call without an aim. */
  readonly who: number;
  /** An input that matches the schema. */
  readonly input: Input;
  /**
   * The random number for the aim. Null for a call without an aim: then any caller sends input that only matches the
   * schema.
   */
  readonly aim: number | null;
  /** Whether the aimed call is sent by `who` instead of the aim's caller. */
  readonly isByAnother: boolean;
  /** Changes the input after its ids are chosen. */
  readonly change: (input: Input) => Input;
}

/** A proposal that needs a second person: who made it, and the request. */
interface Proposed {
  readonly operation: Operation;
  readonly input: Input;
  readonly actor: Actor;
}

/** The options of a world. */
export interface SceneOptions {
  readonly contract: Contract;
  readonly judge: Judge;
  readonly tally: Tally;
  readonly seed: number;
  /** A random input that matches the schema. */
  readonly inputOf: (operation: Operation, chance: () => number) => Input;
}

/** A fuzzed world. Every method throws when something is wrong. */
export class Scene {
  readonly #world: World;
  readonly #contract: Contract;
  readonly #judge: Judge;
  readonly #stored: Watched;
  readonly #router = createRouter(endpointsOf(functions));
  readonly #tally: Tally;
  readonly #inputOf: SceneOptions['inputOf'];
  readonly #proposed = new Map<string, Proposed>();
  readonly #shapes: ReadonlyMap<string, RegExp>;
  readonly #private: ReadonlySet<string>;
  readonly #pools = new Map<string, string[]>();
  /** Cursors by the operation that answered them. They are valid for no other list. */
  readonly #cursors = new Map<string, string[]>();
  /** Which learner was given which private id. */
  readonly #owners = new Map<string, { readonly kind: string; readonly learner: string }>();
  readonly #payments: { readonly openid: string; readonly payment: PhonePaymentView }[] = [];
  /** Tokens that were refused once. They must be refused for ever. */
  readonly #ended: string[] = [];
  /** Learners to whom a fuzzed administrator gave a role. */
  readonly #appointed = new Set<string>();
  #actors: Actor[] = [];
  #calls = 0;

  private constructor(world: World, stored: Watched, { contract, judge, tally, inputOf }: SceneOptions) {
    this.#world = world;
    this.#contract = contract;
    this.#judge = judge;
    this.#stored = stored;
    this.#tally = tally;
    this.#inputOf = inputOf;
    this.#shapes = idShapes(contract);
    this.#private = privateKinds(contract);
  }

  /** Makes a world with a catalogue and people, in which some things have already happened. */
  static async open(options: SceneOptions): Promise<Scene> {
    const stored = new Watched();
    const world = await createWorld({
      seed: options.seed,
      settings: { dailyValue: DAILY_VALUE },
      database: (inner) => stored.around(inner),
    });
    await stored.fill(world.ports.database);
    const scene = new Scene(world, stored, options);
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

  /** The number of callers. */
  static readonly actors = LEARNERS + 5;
  static readonly learners = Array.from({ length: LEARNERS }, (_, index) => 1 + index);
  static readonly staff = [LEARNERS + 4, LEARNERS + 4, LEARNERS + 3, LEARNERS + 2, LEARNERS + 1];

  /** Everybody reads everything that they can, twice, so that ids from lists are used too. */
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

  /** One call by one of the callers. */
  async call({ operation, who, input, aim, isByAnother, change }: Asked): Promise<void> {
    const anybody = this.#actors[who % this.#actors.length];
    if (anybody === undefined) throw new Error('there is nobody');
    const aimed = aim === null ? null : await this.#aimed(operation, input, seeded(aim), 0);
    const actor = aimed?.actor === undefined || isByAnother ? anybody : aimed.actor;
    const chosen = change(aimed?.input ?? this.#chosen(operation, input, actor));
    await this.#carryOut(operation, { ...aimed, input: chosen, actor });
  }

  /**
   * Makes the call. Repeats it with the right amount if the refusal tells one, and repeats an approved proposal's
   * request.
   */
  async #carryOut(
    operation: Operation,
    { input, actor, seal }: Aimed & { readonly actor: Actor },
  ): Promise<void> {
    if (operation.id === 'setStaffRole') this.#appointed.add(String(input.path.userId ?? input.path.id));
    const first = await this.#once(operation, input, actor, seal);
    const told = toldFen(first);
    if (told !== null && isRecord(input.body) && 'shownFen' in input.body)
      await this.#once(operation, { ...input, body: { ...input.body, shownFen: told } }, actor);
    const proposalId = /"proposalId":"(\w+)"/.exec(first.text)?.[1];
    if (first.text.includes('"staff.second_person_needed"') && proposalId !== undefined)
      this.#proposed.set(proposalId, { operation, input, actor });
    const agreed = operation.id === 'approveProposal' && first.status === 200;
    if (agreed) await this.#sendAgain(input.path.proposalId ?? '');
  }

  /** Sends a proposal's request again after a second person has agreed. It must not need a second person again. */
  async #sendAgain(proposalId: string): Promise<void> {
    const proposed = this.#proposed.get(proposalId);
    if (proposed === undefined) return;
    const { operation, input, actor } = proposed;
    const { text } = await this.#once(operation, input, actor);
    if (text.includes('"staff.second_person_needed"'))
      throw new Error(`${operation.id} was agreed to, and is refused once more: ${text}`);
  }

  /** The aimed input, and somebody who may send it; null when there is no aim, or it cannot succeed now. */
  async #aimed(
    operation: Operation,
    asked: Input,
    chance: () => number,
    depth: number,
  ): Promise<(Aimed & { readonly actor: Actor }) | null> {
    await this.#refill();
    const able = this.#actors.filter((one) => mayCall(operation, one));
    const actor = able.length === 0 ? null : oneOf(chance, able);
    if (actor === null) return null;
    const input = this.#chosen(operation, asked, actor);
    const aim = AIMS[operation.id];
    if (aim === undefined) return { input, actor };
    const aimed = await aim({
      ...{ world: this.#world, stored: this.#stored, actors: this.#actors, actor, input, chance },
      first: (id) => this.#first(id, chance, depth + 1),
    });
    return aimed && { ...aimed, actor: aimed.actor ?? actor };
  }

  /** Replaces callers who were banned or got another role. */
  async #refill(): Promise<void> {
    for (const [index, actor] of this.#actors.entries()) {
      const user = this.#stored.all(users.collection).find(({ id }) => id === actor.userId);
      if (user === undefined || (user.state === 'active' && user.role === actor.role)) continue;
      this.#actors[index] = await replace(this.#world, actor);
    }
  }

  /** Calls an operation that another one depends on. */
  async #first(id: string, chance: () => number, depth: number): Promise<void> {
    const operation = this.#contract.operations.find((one) => one.id === id);
    if (operation === undefined) throw new Error(`there is no ${id}`);
    if (depth > DEPTH_MAX) return;
    const aimed = await this.#aimed(operation, this.#inputOf(operation, chance), chance, depth);
    if (aimed !== null) await this.#carryOut(operation, aimed);
  }

  async #once(operation: Operation, input: Input, actor: Actor, seal?: Aimed['seal']): Promise<Answered> {
    const answer = await this.#ask(operation, input, actor.token, seal);
    this.#count(operation, answer);
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
      this.#keepCursor(operation, answer.text);
      this.#keepCodes(operation, answer.text);
    }
    await this.#leave(operation, actor, answer);
    return answer;
  }

  #count({ id }: Operation, { status, text }: Answered): void {
    const outcomes = this.#tally.get(id) ?? new Map<string, number>();
    const outcome = status < 400 ? 'done' : (/"code":"([^"]+)"/.exec(text)?.[1] ?? String(status));
    this.#tally.set(id, outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1));
  }

  /** The phone confirms one of the opened payments. */
  async pay(which: number): Promise<void> {
    const opened = this.#payments[which % Math.max(1, this.#payments.length)];
    if (opened === undefined) return;
    const { openid, payment } = opened;
    if (payment.rail === 'wxpay') this.#world.wechatPay.phone.pay({ ...payment, openid }, 'confirm');
    else this.#world.xpay.phone.payVirtual({ ...payment, openid, platform: 'android' }, 'confirm');
    await this.#world.drain();
  }

  /** Somebody refunds one rail's payment by hand at the merchant's console. The product is not told. */
  async giveBackByHand(which: number): Promise<void> {
    const { wechatPay, xpay } = this.#world;
    const taken = [wechatPay, xpay].flatMap((rail) =>
      rail.books().transactions.map(({ orderNumber }) => ({ rail, orderNumber })),
    );
    const chosen = taken[which % Math.max(1, taken.length)];
    if (chosen === undefined) return;
    const { rail, orderNumber } = chosen;
    try {
      rail.console.refund({ orderNumber });
    } catch (caught) {
      // A payment that was refunded before cannot be refunded again.
      if (!(caught instanceof Refused || caught instanceof XpayRefused)) throw caught;
    }
    await this.#world.drain();
  }

  /** Lets time pass, with all timers and effects. */
  async pass(ms: number): Promise<void> {
    this.#world.clock.advance(ms);
    for (const timer of TIMERS) await this.#world.run(timer);
    await this.#world.drain();
    this.#stored.take();
  }

  /** Uses every id that only one learner was given, as the other learners. They may get nothing and change nothing. */
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
        const written = this.#stored.take();
        if (answer.status >= 400 && answer.status < 500 && written.length === 0) continue;
        throw new Error(
          `${operation.id} gave ${stranger.name} ${answer.status} for ${id} of ${learner}, and wrote ${written.join()}`,
        );
      }
    }
  }

  /**
   * WeChat Pay is down from now on, so a refund waits until somebody is told. Nothing waits in a world whose campaign
   * makes the order free.
   */
  async #leaveWaiting(): Promise<void> {
    const world = this.#world;
    const buyer = await world.login('learner-waiting');
    const asked = orderFor(world, [await givenProduct(world)]);
    const { quote } = (await world.call(quoteOrder, { lines: asked.lines, couponId: null }, buyer)).data;
    if (quote.payableFen === 0) return;
    const { order } = (await world.call(createOrder, { ...asked, shownFen: quote.payableFen }, buyer)).data;
    confirm(world, buyer, await givenOpened(world, buyer, order));
    await world.drain();
    world.wechatPay.faults.shares.serverError = 1;
    const answer = await askBack(world, buyer, order, order.payableFen);
    if (answer.status !== 200) throw new Error(`no refund: ${answer.code}`);
  }

  /**
   * Checks the store for contradictions, by the audit and by the nightly check. Also checks that nothing waits for a
   * day without a person knowing, also while WeChat Pay is down.
   */
  async audit(): Promise<void> {
    await this.#world.drain();
    // An hour ahead, all effects of payments must have happened. The timers have not run.
    await this.#refuseContradictions(['task', 'stuck']);
    await this.#passDay();
    await this.#refuseContradictions([]);
    await this.#leaveWaiting();
    await this.#passDay();
  }

  /** A day passes, and whatever has waited through it must have been told. */
  async #passDay(): Promise<void> {
    for (let hour = 0; hour <= HOURS_UNTOLD; hour += 1) await this.pass(HOUR_MS);
    const { clock, ports } = this.#world;
    const waiting = untold(await new StoreReader(ports.database).read(), clock.now());
    if (waiting.length > 0) throw new Error(`nobody was told: ${waiting.join('; ')}`);
  }

  /** Fails on any contradiction. `unasked` are rules that cannot hold yet. */
  async #refuseContradictions(unasked: readonly string[]): Promise<void> {
    const { clock, ports } = this.#world;
    const findings: { readonly rule: string; readonly about: string }[] = [
      ...(await audited(ports.database)).findings,
    ];
    const soon = timeMs(clock.now() + HOUR_MS);
    findings.push(...(await nightlyFindings(ports.database, soon)));
    // The audit also finds the task that was given up before the fuzzing began, and those that wait for a decision on a
    // refund that is held, which staff see as a case.
    const { cases } = await new StoreReader(ports.database).read();
    const held = [...cases.values()].flatMap(({ id, state }) => {
      const [, refundId] = /^platform_refund:(.+):held$/.exec(id) ?? [];
      return refundId !== undefined && state === 'open' ? [`submitRefund:refund.requested:${refundId}`] : [];
    });
    const known = [...(this.#pools.get('TaskId') ?? []), ...held];
    const found = findings.filter(({ rule, about }) => !unasked.includes(rule) && !known.includes(about));
    if (found.length > 0) throw new Error(`the store contradicts itself: ${JSON.stringify(found)}`);
  }

  /** The smallest input: only the required parts. */
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

  async #ask(
    operation: Operation,
    input: Input,
    token: string | null,
    seal?: Aimed['seal'],
  ): Promise<Answered> {
    this.#stored.take();
    this.#calls += 1;
    // A new address for each call, so that rate limits do not interfere. They have tests of their own.
    const address = `203.0.${(this.#calls >> 8) & 255}.${this.#calls & 255}`;
    const request =
      seal === undefined
        ? requestOf(operation, input, token, address)
        : sealedRequest(operation, seal(input.body), address);
    const found = this.#router.find(request.method, request.path);
    const { status, headers, body, chunks } = await this.#router.answer(request, this.#world.ports, found);
    let text = Buffer.from(body).toString('utf8');
    for await (const chunk of chunks ?? []) text += chunk;
    return { status, headers, text };
  }

  #wrongWith(operation: Operation, input: Input, actor: Actor, answer: Answered): string[] {
    const written = this.#stored.take();
    const { status } = answer;
    const problems = this.#judge.wrongWith(operation, answer);
    const mayWrite = mayWriteRefused(operation, answer);
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

  /** Ids in the answer that belonged to another learner before. */
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

  /** Remembers the ids of an answer for later use, with their owner. */
  #learn(actor: Actor, text: string): void {
    for (const { kind, id } of this.#idsIn(text)) {
      const pool = this.#pools.get(kind) ?? [];
      if (!pool.includes(id)) this.#pools.set(kind, [...pool, id]);
      const isOwned = actor.role === 'learner' && this.#private.has(kind) && !this.#owners.has(id);
      if (isOwned && !SHARED_KINDS.has(kind)) this.#owners.set(id, { kind, learner: actor.name });
    }
  }

  #keepCursor({ id }: Operation, text: string): void {
    const cursor = /"nextCursor":"([^"]+)"/.exec(text)?.[1];
    if (cursor !== undefined) this.#cursors.set(id, [...(this.#cursors.get(id) ?? []), cursor]);
  }

  /** Keeps the codes of a new batch, because they are shown only once. */
  #keepCodes({ id }: Operation, text: string): void {
    if (id !== 'createCodeBatch') return;
    const { data } = JSON.parse(text);
    this.#pools.set('TypedCode', [...(this.#pools.get('TypedCode') ?? []), ...data.codes]);
  }

  #keepPayment({ openid }: Actor, text: string): void {
    if (!text.startsWith('{')) return;
    const body: unknown = JSON.parse(text);
    const data = isRecord(body) ? body.data : null;
    const payment = PhonePaymentView.safeParse(isRecord(data) ? data.payment : null).data;
    if (openid !== null && payment !== undefined) this.#payments.push({ openid, payment });
  }

  /** After a logout, or when staff end a session, the token is tried everywhere and its owner logs in again. */
  async #leave(operation: Operation, actor: Actor, { status, text }: Answered): Promise<void> {
    const isOver = text.includes('"auth.required"') || (operation.id === 'logout' && status === 200);
    if (actor.token === null || !isOver || this.#ended.includes(actor.token)) return;
    this.#ended.push(actor.token);
    for (const other of this.#contract.operations) {
      if (other.access !== 'member' && other.access !== 'staff') continue;
      const answer = await this.#ask(other, this.#plain(other), actor.token);
      if (answer.status !== 401) throw new Error(`${other.id} answered ${answer.status} after a logout`);
    }
    const isBanned = this.#stored
      .all(users.collection)
      .some(({ id, state }) => id === actor.userId && state === 'banned');
    const again = await (isBanned ? replace(this.#world, actor) : reenter(this.#world, actor));
    this.#actors[this.#actors.indexOf(actor)] = again;
    await this.#world.drain();
  }

  /** A known id of this kind, mostly the caller's own; or one that does not exist. */
  #pick(kind: string, which: number, actor?: Actor): string {
    const pool = this.#pools.get(kind) ?? [];
    const own = pool.filter((id) => this.#owners.get(id)?.learner === actor?.name);
    const from = actor?.role === 'learner' && own.length > 0 && which % OWN_OF !== 0 ? own : pool;
    const chosen = from[which % Math.max(1, from.length)];
    if (chosen !== undefined) return chosen;
    const prefix = /^\^([a-z]{3}_)/.exec(this.#contract.components[kind]?.pattern ?? '')?.[1] ?? 'x';
    return `${prefix}01JD${String(which).padStart(22, '0')}`;
  }

  /** A word that only this world has: an id, a cursor, a login code. Undefined when there is none. */
  #word(operation: Operation, kind: string, which: number, actor: Actor): string | undefined {
    const cursors = this.#cursors.get(operation.id) ?? [];
    if (kind === 'Cursor') return cursors[which % Math.max(1, cursors.length)];
    if (kind !== 'LoginCode') return this.#pick(kind, which, actor);
    return this.#world.weixin.phone.login(`learner-${(which % LEARNERS) + 1}`).code;
  }

  /** The input with words of this world in place of the picks. */
  #chosen(operation: Operation, { path, query, body }: Input, actor: Actor): Input {
    const choose = (value: unknown): unknown => {
      if (typeof value === 'string') {
        const [, kind, which] = PICK.exec(value) ?? [];
        return kind === undefined ? value : this.#word(operation, kind, Number(which), actor);
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
