/**
 * One run: a seed, a shop, two instances of the product, WeChat and a few buyers. Then the faults end, and the judge
 * decides.
 */
import { createHash } from 'node:crypto';
import { chaosDatabase } from '../../local/database.chaos.ts';
import { SIMULATED_TEMPLATES } from '../../local/simulators/wechat/templates.ts';
import * as groups from '../../shared/data/talk/groups.ts';
import type { Database } from '../../shared/ports/database.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { HttpRequest, HttpResponse } from '../../shared/runtime/exchange.ts';
import { DAY_MS, GroupId, HOUR_MS, MINUTE_MS, SECOND_MS, timeMs, UserId } from '../../shared/schemas/base.ts';
import { START_MS } from '../support/clock.ts';
import { seededIds } from '../support/ids.ts';
import type { Bug } from './bugs.ts';
import { Buyer } from './buyer.ts';
import { type HistoryEngine, makeEngine, type SimulatedEngine } from './engine.ts';
import {
  type Faults,
  NO_FAULTS,
  type Profile,
  profileOf,
  profiles,
  type RailsName,
  rails,
  railsOf,
} from './faults.ts';
import { Instance, type Surroundings } from './instance.ts';
import { type Broken, openTo, type RuleName } from './invariants.ts';
import { Judge } from './judge.ts';
import { Kernel, Process } from './kernel.ts';
import type { Answer, Asked } from './person.ts';
import { functions } from './product.ts';
import { Rail } from './rail.ts';
import { Reviewer } from './reviewer.ts';
import { openShop, staff } from './shop.ts';
import { Clerk } from './staff.ts';
import type { Store } from './store.ts';
import { fileIn, pictureOf, Talker } from './talker.ts';
import { GROUP_ID, reviewers, talkDocs } from './talkShop.ts';

/** The approximate period of each timer. */
const TIMERS_MS: Readonly<Record<string, number>> = {
  sweepTasks: 20 * SECOND_MS,
  syncPayments: 30 * SECOND_MS,
  closeExpiredOrders: MINUTE_MS,
  expireCoupons: 10 * MINUTE_MS,
  watchWaiting: 10 * MINUTE_MS,
};

/** The same, for what people talk about. */
const TALK_TIMERS_MS: Readonly<Record<string, number>> = {
  foldMarks: 40 * SECOND_MS,
  foldComments: 40 * SECOND_MS,
  rankHot: 3 * MINUTE_MS,
  expireDrops: 2 * MINUTE_MS,
  sweepChecks: 15 * MINUTE_MS,
  sendWaitingMessages: 15 * MINUTE_MS,
};

/** How often WeChat's verdict about a file is late, twice, in another shape, missing, or about nothing fetched. */
const VERDICTS = {
  ...{ verdictSilent: 0.15, verdictLate: 0.1, verdictTwice: 0.2, verdictOtherShape: 0.3 },
  ...{ verdictUnfetched: 0.1, fetchFailed: 0.1 },
} as const;

const BUYERS = 10;
/** The judge looks after this many steps, and once everybody is done. */
const LOOK_STEPS = 300;
/** The longest time from the last fault until everything is at rest. */
const REST_MS_MAX = 8 * HOUR_MS;
const PATIENCE_MS = 10 * SECOND_MS;
/** The share of a timer's runs that happen twice at the same time. */
const OVERLAP = 0.2;

export interface SimulationOptions {
  readonly seed: number;
  /** By default the one under which the bug shows most, or the one of the seed. */
  readonly profile?: Profile;
  /** By default those of the seed. */
  readonly rails?: RailsName;
  readonly bug?: Bug | null;
  /** Ends as soon as this rule is broken. */
  readonly until?: RuleName | null;
  /** The number of people who talk. By default as many as the bug needs, or none. */
  readonly talkers?: number;
  /** The number of buyers. 10 by default. */
  readonly buyers?: number;
  /**
   * The engine of the store, in memory by default. The answers of a server come in an order of their own, so there two
   * runs of one seed may differ.
   */
  readonly engine?: HistoryEngine;
  /** The ports as one function gets them, by its name. By default all functions get the same. */
  readonly portsFor?: (name: string, ports: Ports) => Ports;
}

export interface Simulation {
  readonly seed: number;
  readonly profile: Profile;
  readonly rails: RailsName;
  /** A digest of the whole history and its result. It is the same for every run of one seed. */
  readonly digest: string;
  readonly broken: readonly Broken[];
  readonly counts: Readonly<Record<string, number>>;
  /** The end of the history. */
  readonly lastLines: readonly string[];
}

/** Runs one seed from beginning to end. */
export async function simulate(options: SimulationOptions): Promise<Simulation> {
  const engine = await makeEngine(options.engine ?? 'sqlite');
  try {
    const run = new Run(options, engine);
    await run.live();
    return run.result();
  } finally {
    await engine.drop();
  }
}

class Run {
  readonly #kernel: Kernel;
  readonly #profile: Profile;
  readonly #rails: RailsName;
  readonly #seed: number;
  readonly #bug: Bug | null;
  readonly #store: Database;
  readonly #chaotic: Database;
  readonly #judge: Judge;
  readonly #rail: Rail;
  readonly #cron = new Process('cron');
  readonly #around: Surroundings;
  readonly #buyers: readonly Buyer[];
  readonly #clerks: readonly Clerk[];
  readonly #talkers: readonly Talker[];
  readonly #reviewers: readonly Reviewer[];
  readonly #wrong: string[] = [];
  readonly #files = new Map<string, string>();
  readonly #fetched = new Set<string>();
  #instances: readonly Instance[] = [];
  #counts: Readonly<Record<string, number>> = {};
  #isCalm = false;
  #kills = 0;

  constructor(options: SimulationOptions, engine: SimulatedEngine) {
    const { seed, bug = null, profile = bug?.profile ?? profileOf(seed), buyers = BUYERS } = options;
    const { talkers = bug?.talkers ?? 0 } = options;
    this.#seed = seed;
    this.#profile = profile;
    this.#rails = options.rails ?? (bug === null ? railsOf(seed) : (bug.rails ?? 'wxpay'));
    this.#bug = bug;
    const kernel = new Kernel(seed, START_MS, engine.ready);
    this.#kernel = kernel;
    const { random } = kernel;
    const clock = { now: () => timeMs(kernel.now()) };
    const paused = new Process('database');
    const pause = (ms: number) => kernel.step(paused, 'pauses', ms);
    this.#store = engine.open({ random, clock, pause });
    const { conflict, commitLost } = profiles[this.#profile];
    this.#chaotic = chaosDatabase(this.#store, { random, clock, pause, conflict, commitLost });
    this.#rail = new Rail({
      kernel,
      faults: () => this.#faults(),
      serve: (request) => this.#anyone().serve(request),
      acknowledged: (kind, about) => this.#judge.acknowledged(kind, about),
      isAckedFirst: bug?.isAckedFirst === true,
      verdicts: talkers > 0 ? VERDICTS : {},
    });
    this.#judge = new Judge(this.#store, () => this.#rail.books(), options.until ?? null);
    this.#around = {
      kernel,
      functions,
      portsFor: options.portsFor ?? ((_, ports) => ports),
      faults: () => this.#faults(),
      database: () => (this.#isCalm ? this.#store : this.#chaotic),
      travel: (instance, request) => this.#rail.travel(instance, request),
      connect: (send, own, ids) => this.#rail.connect(send, own, ids),
      plant: (ports) => bug?.plant?.(ports) ?? ports,
      deliver: (consumer, eventId) => this.#anyone().consume(consumer, eventId),
      log: (record) => this.#judge.readLog(record),
      file: (key) => this.#file(key),
      templates: talkers > 0 ? SIMULATED_TEMPLATES : {},
    };
    const ids = seededIds(clock, random);
    const phone = {
      call: (process: Process, asked: Asked) => this.#call(process, asked),
      loginCode: (name: string) => this.#rail.loginCode(name),
      pay: this.#rail.pay.bind(this.#rail),
      interfere: this.#rail.interfere.bind(this.#rail),
    };
    const links: string[] = [];
    this.#buyers = Array.from({ length: buyers }, (_, n) => {
      const address = `203.0.113.${n + 1}`;
      const { promises, handed, asked } = this.#judge;
      const held = kernel.pick(rails[this.#rails]);
      const given = { kernel, phone, promises, handed, asked, links, held, ids, startMs: START_MS, address };
      return new Buyer(`buyer${n}`, given);
    });
    const talk = {
      ...{ approved: new Set<string>(), files: this.#files, wrong: this.#wrong },
      isPassed: (content: string) => this.#rail.isPassed(content) || this.#fetched.has(content),
    };
    this.#talkers = Array.from({ length: talkers }, (_, n) => {
      const { promises } = this.#judge;
      const given = { kernel, phone, promises, talk, ids, address: `203.0.113.${n + 101}` };
      const rail = {
        phoneCode: () => this.#rail.phoneCode(),
        allow: (name: string) => this.#rail.allow(name),
      };
      const teach = (userId: string) => this.#teach(userId);
      return new Talker(`talker${n}`, { ...given, ...rail, teach }, n % 3 === 0);
    });
    this.#reviewers = (talkers > 0 ? reviewers : []).map(
      ({ token }, n) => new Reviewer(`reviewer${n}`, { kernel, call: phone.call, token, talk }),
    );
    this.#clerks = staff.map(
      ({ token }, n) => new Clerk(`clerk${n}`, { kernel, ...this.#office(phone.call, ids), token }),
    );
  }

  #office(call: (process: Process, asked: Asked) => Promise<Answer | null>, ids: Ids) {
    const { handed, asked } = this.#judge;
    const refundByHand = this.#rail.refundByHand.bind(this.#rail);
    const settleByHand = this.#rail.settleByHand.bind(this.#rail);
    return { call, ids, handed, asked, refundByHand, settleByHand, isLate: () => this.#isCalm };
  }

  async live(): Promise<void> {
    const isTalking = this.#talkers.length > 0;
    await openShop(this.#store, START_MS, isTalking ? talkDocs(START_MS) : []);
    this.#instances = ['a', 'b'].map((name) => this.#born(name, 1));
    for (const name of Object.keys(this.#timersMs())) this.#wind(name);
    for (const reviewer of this.#reviewers) this.#kernel.start(() => reviewer.live());
    for (const clerk of this.#clerks) this.#kernel.start(() => clerk.live());
    await this.#while([...this.#buyers, ...this.#talkers].map((each) => each.live()));
    this.#isCalm = true;
    this.#rail.calm();
    this.#kernel.note('peace');
    let store = await this.#rest();
    const isUntold = this.#judge.untold(store, 'xpay') > 0 || this.#judge.untoldBack(store) > 0;
    if (this.#judge.isInterested && isUntold) store = await this.#reconcile();
    await this.#judge.lookAtRest(store, timeMs(this.#kernel.now()));
    if (this.#judge.isInterested && !this.#judge.isAtRest(store)) await this.#nextDay();
    await this.#while(this.#buyers.map((buyer) => this.#reckon(buyer, store)));
    await this.#while(this.#talkers.map((talker) => talker.read()));
    this.#judge.hear(this.#wrong, this.#rail.reachedTwice());
    await this.#store.close();
    this.#kernel.note(createHash('sha256').update(outcomeOf(store)).digest('hex'));
    this.#counts = { ...this.#rail.counts(), ...countsOf(store) };
  }

  /** Runs until nothing goes on by itself any more, or that takes too long. */
  async #rest(): Promise<Store> {
    const untilAtMs = this.#kernel.now() + (this.#bug === null ? REST_MS_MAX : REST_MS_MAX / 2);
    for (;;) {
      const lookAtMs = this.#kernel.now() + 10 * MINUTE_MS;
      await this.#kernel.run(
        () => this.#kernel.now() >= lookAtMs || !this.#judge.isInterested,
        () => this.#look(),
      );
      const store = await this.#judge.read();
      const isOver = this.#judge.isAtRest(store) || this.#kernel.now() >= untilAtMs;
      if (isOver || !this.#judge.isInterested) return store;
    }
  }

  /**
   * Moves on past the next day. Only the rail's bill tells reliably of a second payment by one number, and of refunds
   * by hand.
   */
  async #reconcile(): Promise<Store> {
    // Noon in Shanghai, when the bills of all days before are there.
    this.#kernel.leap(START_MS + DAY_MS + 22 * HOUR_MS);
    this.#kernel.note('the next day');
    this.#anyone().tick('reconcile');
    return this.#rest();
  }

  /** A day later: somebody must know of what is not at rest by itself. */
  async #nextDay(): Promise<void> {
    this.#kernel.leap(this.#kernel.now() + DAY_MS + HOUR_MS);
    this.#kernel.note('a day later');
    const untilAtMs = this.#kernel.now() + 30 * MINUTE_MS;
    await this.#kernel.run(() => this.#kernel.now() >= untilAtMs);
    await this.#judge.lookADayLater(timeMs(this.#kernel.now()));
  }

  result(): Simulation {
    return {
      seed: this.#seed,
      profile: this.#profile,
      rails: this.#rails,
      digest: this.#kernel.digest(),
      broken: this.#judge.broken,
      counts: {
        steps: this.#kernel.steps,
        kills: this.#kills,
        looks: this.#judge.looks,
        promises: this.#judge.promises.count,
        minutes: Math.round((this.#kernel.now() - START_MS) / MINUTE_MS),
        ...this.#counts,
      },
      lastLines: this.#kernel.lastLines(),
    };
  }

  #faults(): Faults {
    return this.#isCalm ? NO_FAULTS : profiles[this.#profile];
  }

  /** Runs until these are done. */
  async #while(works: readonly Promise<unknown>[]): Promise<void> {
    let left = works.length;
    for (const work of works) {
      this.#kernel.start(async () => {
        await work;
        left -= 1;
      });
    }
    await this.#kernel.run(
      () => left === 0 || !this.#judge.isInterested,
      () => this.#look(),
    );
  }

  /** Lets the judge look after every LOOK_STEPS steps. */
  async #look(): Promise<void> {
    if (this.#kernel.steps % LOOK_STEPS === 0) await this.#judge.look();
  }

  /** Starts a new instance. When it dies, the next one starts a few seconds later. */
  #born(name: string, generation: number): Instance {
    const { skewMsMax } = profiles[this.#profile];
    const skewMs = skewMsMax === 0 ? 0 : this.#kernel.between(-skewMsMax, skewMsMax);
    const instance = new Instance(`${name}${generation}`, skewMs, this.#around);
    instance.process.onKill(() => {
      this.#kills += 1;
      this.#instances = this.#instances.filter((other) => other !== instance);
      const born = () => {
        this.#instances = [...this.#instances, this.#born(name, generation + 1)];
      };
      // At least one instance always runs: the last one is replaced at once.
      if (this.#instances.length === 0) born();
      else this.#kernel.after(this.#cron, this.#kernel.between(SECOND_MS, 20 * SECOND_MS), 'restarts', born);
    });
    return instance;
  }

  #timersMs(): Readonly<Record<string, number>> {
    return this.#talkers.length > 0 ? { ...TIMERS_MS, ...TALK_TIMERS_MS } : TIMERS_MS;
  }

  /** The file in the storage, which only WeChat's check reads. */
  #file(key: string): Uint8Array | null {
    const content = this.#files.get(fileIn(key));
    if (content === undefined) return null;
    this.#fetched.add(content);
    return pictureOf(content);
  }

  /** Staff name somebody a teacher of the group. */
  async #teach(userId: string): Promise<void> {
    await this.#store.tx(async (tx) => {
      const group = await groups.get(tx, GroupId.parse(GROUP_ID));
      const teachers = [...group.teachers, UserId.parse(userId)];
      await groups.save(tx, group, { ...group, teachers });
    });
  }

  #anyone(): Instance {
    return this.#kernel.pick(this.#instances);
  }

  /** Runs a timer again and again, sometimes twice at once. */
  #wind(name: string): void {
    const periodMs = this.#timersMs()[name] ?? MINUTE_MS;
    const next = () =>
      this.#kernel.after(this.#cron, periodMs * (0.5 + this.#kernel.random()), name, () => {
        this.#anyone().tick(name);
        if (this.#kernel.chance(OVERLAP)) this.#anyone().tick(name);
        next();
      });
    if (this.#bug?.without?.includes(name) !== true) next();
  }

  async #call(process: Process, asked: Asked): Promise<Answer | null> {
    const kernel = this.#kernel;
    await kernel.step(process, `${asked.method} ${asked.path}`, kernel.between(0, 50));
    const { phoneLost } = this.#faults();
    if (kernel.chance(phoneLost / 2)) {
      await kernel.step(process, 'is not heard', PATIENCE_MS);
      return null;
    }
    const response = await new Promise<HttpResponse | null>((resolve) => {
      kernel.after(process, PATIENCE_MS, 'has waited', () => resolve(null));
      kernel.start(async () => resolve(await this.#anyone().serve(requestOf(asked))));
    });
    await kernel.step(process, `hears ${response?.status ?? 'nothing'}`);
    return response === null || kernel.chance(phoneLost / 2) ? null : answerOf(response);
  }

  async #reckon(buyer: Buyer, store: Store): Promise<void> {
    const wrong = await buyer.reckon(openTo(store, buyer.userId));
    this.#judge.add(wrong.map((what) => ({ rule: 'reckoning', what })));
  }
}

function requestOf({ method, path, body, token, address }: Asked): HttpRequest {
  const [bare = '', search = ''] = path.split('?');
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  return {
    method,
    path: bare,
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: { 'content-type': 'application/json', ...authorization },
    rawBody: body === undefined ? null : Buffer.from(JSON.stringify(body)),
    address,
  };
}

function answerOf({ status, body }: HttpResponse): Answer {
  const parsed = JSON.parse(Buffer.from(body).toString('utf8'));
  // Whatever is called must be among the functions of the simulated product.
  if (parsed.error?.code === 'route.not_found')
    throw new Error('the simulation called a route that it lacks');
  return status < 400
    ? { status, code: null, data: parsed.data }
    : { status, code: String(parsed.error.code), data: parsed.error.params };
}

/** The result in the end, without parts that depend on randomness outside the seed. */
function outcomeOf(store: Store): string {
  return JSON.stringify([
    [...store.orders.values()],
    [...store.coupons.values()],
    [...store.pointsEntries.values()],
    [...store.entitlements.values()],
    [...store.refunds.values()],
  ]);
}

function countsOf(store: Store): Record<string, number> {
  const orders = [...store.orders.values()];
  const inState = (state: string) => orders.filter((order) => order.state === state).length;
  return {
    users: store.users.size,
    orders: orders.length,
    paid: inState('paid'),
    closed: inState('closed'),
    free: orders.filter((order) => order.rail === 'zero').length,
    withCoupon: orders.filter((order) => order.couponId !== null).length,
    late: [...store.receipts.values()].filter((receipt) => receipt.kind === 'late').length,
    honoured: orders.filter((order) => order.isHonoured).length,
    reopened: [...store.paymentExceptions.values()].filter(({ kind }) => kind === 'late_reopened').length,
    withPoints: store.pointsHolds.size,
    flash: [...store.flashSeats.values()].filter(({ seats }) => seats.length > 0).length,
    comments: store.comments.size,
    topics: store.topics.size,
    shown: [...store.comments.values(), ...store.topics.values()].filter(({ isShown }) => isShown).length,
    marks: store.marks.size,
    flags: store.flags.size,
    drops: store.dropClaims.size,
    trials: store.trials.size,
    gifts: store.gifts.size,
    claims: [...store.gifts.values()].reduce((sum, { claims }) => sum + claims.length, 0),
    cases: store.cases.size,
    refunds: store.refunds.size,
    back: [...store.refunds.values()].filter(({ state }) => state === 'success').length,
    exceptions: store.paymentExceptions.size,
  };
}
