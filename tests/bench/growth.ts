/**
 * How the product's work grows with the shop: the same calls to shops of several sizes, in turns, by the product's own
 * CPU. What a call costs in a large shop is said as a multiple of what it costs in the smallest one, in the same run.
 */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeId } from '../../client/id.ts';
import type { LocalKeys } from '../../local/keys.ts';
import { openKeys } from '../../local/keys.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { systemIds } from '../../shared/adapters/process/ids.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import * as users from '../../shared/data/identity/users.ts';
import { newUser } from '../../shared/domain/identity/user.ts';
import { openSession } from '../../shared/flows/identity/openSession.ts';
import { LOOK_BEGINNING, type LookStep, lookOn } from '../../shared/flows/operations/checkStore.ts';
import type { Tx } from '../../shared/ports/database.ts';
import { DAY_MS, type UserId } from '../../shared/schemas/base.ts';
import type { LookPlace } from '../../shared/schemas/operations/look.ts';
import { type Client, clientOf } from '../load/buyer.ts';
import { growStore } from '../load/grown.ts';
import { exactCpuMs, exchange, load, quantile } from '../load/measure.ts';
import { addressOf } from '../support/addressOf.ts';
import { seeded } from '../support/seeded.ts';
import { noticeOf } from './callbacks.ts';
import { SEED } from './journeys.ts';
import { type Stack, startStack } from './stack.ts';

/** How large a shop is. */
export interface Size {
  readonly orders: number;
  readonly products: number;
}

/** What was measured of one shop. */
export interface Grown extends Size {
  readonly startMs: number;
  readonly startCpuMs: number;
  readonly rssMb: number;
  /** CPU milliseconds of one call, or of one order or row; by the name of the work. */
  readonly cpuMs: Readonly<Record<string, number>>;
  /** That as a multiple of the smallest shop's: the median of the rounds. */
  readonly ratios: Readonly<Record<string, number>>;
}

const ROUNDS = 5;
const CLIENTS = 8;
const BUYERS = 40;
/** So many that none of them asks more often than one person may. */
const STAFF = 40;
/** How many calls one round makes, when not as many as there are buyers. */
const CALLS = 40;
/** How many items the longest page of a list has: the smallest shop has as many of each kind that is listed. */
const LONGEST = 20;
const IDLE_MS = 15_000;
/** How many checks of the nightly look are made in each round: of the whole look each costs about the same. */
const CHECKS = 2_000;
/** How many orders an export has, about. */
const EXPORTED = 3_000;
/** The days over which a grown shop's orders are spread, and how long ago the newest are. */
const OPEN_DAYS = 300;
const NEWEST_DAYS = 46;

interface Buyer {
  readonly client: Client;
  readonly openid: string;
}

interface Shop extends Size {
  readonly stack: Stack;
  readonly staff: readonly string[];
  readonly buyers: readonly Buyer[];
  readonly courses: readonly { readonly id: string; readonly listFen: number }[];
  /** Orders that were made and not paid yet. */
  readonly open: { orderId: string; payableFen: number; openid: string; client: Client }[];
}

/** One call, or some of one kind; answers for how many it counts, one when it answers nothing. */
type Piece = () => Promise<number | undefined>;

/** The calls of one round. */
type Work = (shop: Shop, round: number) => Promise<readonly Piece[]> | readonly Piece[];

const json = { 'content-type': 'application/json' };

async function get(shop: Shop, path: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const { status, body } = await exchange('GET', `${shop.stack.api}${path}`, headers);
  if (status !== 200) throw new Error(`${path} answered ${status} ${body.slice(0, 200)}`);
  return body;
}

/** Gets what `pathOf` says for each piece. */
const gets =
  (pathOf: (shop: Shop, n: number) => string, calls = CALLS): Work =>
  (shop) =>
    Array.from({ length: calls }, (_, n) => async () => {
      await get(shop, pathOf(shop, n), { 'x-forwarded-for': addressOf(`${n}`) });
    });

const withLimit = (path: string, limit: number) => `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`;

/** A list with pages of every length up to `longest`: an answer is kept for two seconds, so no page comes twice. */
const lists = (path: string, longest = LONGEST): Work => gets((_, n) => withLimit(path, 1 + n), longest);

/** The head of a call by one of the staff. */
const byStaff = ({ staff }: Shop, n: number) => ({
  authorization: `Bearer ${staff[n % STAFF]}`,
  'x-forwarded-for': addressOf(`${n}`),
});

const staffLists =
  (path: string): Work =>
  (shop) =>
    Array.from({ length: CALLS }, (_, n) => async () => {
      await get(shop, withLimit(path, 1 + (n % LONGEST)), byStaff(shop, n));
    });

const byBuyers =
  (call: (buyer: Buyer, shop: Shop, n: number) => Promise<unknown>): Work =>
  (shop) =>
    shop.buyers.map((buyer, n) => async () => {
      await call(buyer, shop, n);
    });

/** Words that one product at least has in the smallest shop too: the best one is asked for. */
const SEARCHED = ['数据分析', '摄影', 'python', '理财 入门', '心理学', 'typescript', 'pyhton', '写作'];
/** Characters that many have: whole pages are asked for. */
const SEARCHED_WIDELY = ['课', '讲', '学', '的'];
const search = (words: readonly string[], limit: number): Work =>
  gets(
    (_, n) => `/api/products/search?q=${encodeURIComponent(words[n % words.length] ?? '')}&limit=${limit}`,
  );

/** The course that a buyer looks at in a round: never the same one twice. */
function courseFor(shop: Shop, round: number) {
  const course = shop.courses[round % shop.courses.length];
  if (course === undefined) throw new Error('there are no courses');
  return course;
}

const quote: Work = (shop, round) => {
  const lines = [{ productId: courseFor(shop, round).id }];
  return shop.buyers.map(({ client }) => async () => {
    await client.quoteOrder({ lines, couponId: 'best', platform: 'web', points: 0 });
  });
};

const createOrders: Work = (shop, round) => {
  const random = seeded(SEED + round);
  const course = courseFor(shop, round);
  return shop.buyers.map(({ client, openid }) => async () => {
    const orderId = makeId('ord', Date.now(), random);
    const asked = { lines: [{ productId: course.id }], couponId: null, shownFen: course.listFen };
    await client.createOrder({ orderId, ...asked });
    shop.open.push({ orderId, payableFen: course.listFen, openid, client });
  });
};

/** Notices of the orders that were made in this round: each is answered when it is durable. */
const settle: Work = async (shop) => {
  const { simulators } = JSON.parse(readFileSync(join(shop.stack.folder, 'keys.json'), 'utf8')) as LocalKeys;
  const signer = createPrivateKey(simulators.platformPrivateKeyPem);
  const orders = shop.open.splice(0);
  for (const { client, orderId } of orders) await client.payOrder({ orderId });
  return orders.map((order, n) => {
    const { headers, body } = noticeOf(simulators, signer, order, n);
    return async () => {
      const answer = await exchange('POST', `${shop.stack.api}/api/pay/notify`, headers, body);
      if (answer.status > 204) throw new Error(`a notice was answered ${answer.status} ${answer.body}`);
    };
  });
};

const exported: Work = (shop, round) => {
  const days = Math.min(OPEN_DAYS, Math.ceil((EXPORTED * OPEN_DAYS) / shop.orders));
  const untilAtMs = Date.now() - (NEWEST_DAYS + 2) * DAY_MS;
  const range = `fromAtMs=${untilAtMs - days * DAY_MS}&untilAtMs=${untilAtMs}`;
  return [
    async () => {
      const path = `/api/admin/exports/orders?${range}&reason=${encodeURIComponent('对账')}`;
      const text = await get(shop, path, byStaff(shop, round));
      return text.split('\n').length - 2;
    },
  ];
};

/** The works, in the order in which they are done. */
const WORKS: Readonly<Record<string, Work>> = {
  'list, newest': lists('/api/products'),
  'list, cheapest': lists('/api/products?sort=price_asc'),
  'list, dearest': lists('/api/products?sort=price_desc'),
  'list of one kind': lists('/api/products?kind=course&sort=price_asc'),
  'list of one category': lists('/api/products?category=programming&sort=price_asc', 5),
  'list of courses': lists('/api/courses?sort=price_asc'),
  'search, the best': search(SEARCHED, 1),
  'search for one character': search(SEARCHED_WIDELY, 10),
  'course page': gets((shop, n) => `/api/courses/${shop.courses[n % shop.courses.length]?.id}`),
  quote,
  createOrder: createOrders,
  settle,
  'my orders': byBuyers(({ client }) => client.listOrders({})),
  'my library': byBuyers(({ client }) => client.getLibrary({})),
  'my points': byBuyers(({ client }) => client.getPoints({})),
  'staff: orders': staffLists('/api/admin/orders'),
  'staff: paid orders': staffLists('/api/admin/orders?state=paid'),
  'staff: payments': staffLists('/api/admin/payments'),
  'staff: refunds': staffLists('/api/admin/refunds?state=success'),
  'staff: products': staffLists('/api/admin/products'),
  'staff: tasks': staffLists('/api/admin/tasks?state=done'),
  'export, each row': exported,
};

/** The name under which the nightly look is told: it runs in this process. */
const LOOK = 'nightly look, each check';

/** The tokens of administrators with a second factor, stored before the product opens the file. */
async function storeStaff(folder: string): Promise<readonly string[]> {
  await openKeys(folder);
  const ids = systemIds(systemClock);
  const path = join(folder, 'zhike.db');
  const database = sqliteDatabase({ path, collections, random: () => ids.random() });
  const now = systemClock.now();
  const tokens: string[] = [];
  for (let n = 0; n < STAFF; n += 1) {
    const enter = async (tx: Tx, id: UserId) => {
      const staff = newUser({ id, nickname: null, role: 'admin', openid: null, now });
      await users.insert(tx, staff);
      return staff;
    };
    const { token } = await openSession({ database, ids }, { now, device: null }, enter, async () => true);
    tokens.push(token);
  }
  await database.close();
  return tokens;
}

async function logIn(stack: Stack, name: string): Promise<Buyer> {
  const asked = await exchange('POST', `${stack.phone}/phone/login`, json, JSON.stringify({ name }));
  const { code, openid } = JSON.parse(asked.body) as { code: string; openid: string };
  let token: string | null = null;
  const client = clientOf(stack, () => token, name);
  token = (await client.login({ code })).token;
  return { client, openid };
}

async function openShop(folder: string, size: Size): Promise<Shop> {
  await mkdir(folder);
  await growStore({ ...size, path: join(folder, 'zhike.db'), seed: SEED, nowMs: Date.now() });
  const staff = await storeStaff(folder);
  const stack = await startStack(folder, { idleMs: IDLE_MS });
  const buyers: Buyer[] = [];
  for (let n = 0; n < BUYERS; n += 1) buyers.push(await logIn(stack, `grown${n}`));
  const { items } = await clientOf(stack, () => null).listCourses({ limit: 50 });
  // Not one of a flash sale: its price is another, and its places are few.
  const courses = items.filter((item) => item.listFen > 0 && item.price.source === 'list');
  return { ...size, stack, staff, buyers, courses, open: [] };
}

/** CPU milliseconds of one piece of a round's work. */
async function measure(shop: Shop, work: Work, round: number): Promise<number> {
  const pieces = await work(shop, round);
  let count = 0;
  const from = exactCpuMs(shop.stack.product.pid);
  await load(CLIENTS, pieces.length, async (n) => {
    count += (await pieces[n]?.()) ?? 1;
  });
  if (count === 0) throw new Error(`there was nothing to measure with ${shop.orders} orders`);
  return (exactCpuMs(shop.stack.product.pid) - from) / count;
}

/** CPU milliseconds of one check: of this process, in which nothing else runs meanwhile. */
async function measureLook({ stack }: Shop): Promise<number> {
  const path = join(stack.folder, 'zhike.db');
  const database = sqliteDatabase({ path, collections, random: Math.random });
  const from = exactCpuMs(process.pid);
  let count = 0;
  let place: LookPlace | null = LOOK_BEGINNING;
  while (place !== null && count < CHECKS) {
    const step: LookStep = await lookOn(database, place, systemClock.now());
    if (step.findings.length > 0) throw new Error(`the look found ${JSON.stringify(step.findings[0])}`);
    count += step.right;
    place = step.next;
  }
  const each = (exactCpuMs(process.pid) - from) / count;
  await database.close();
  return each;
}

/** Each work's rounds, by shop. The shops take turns in each round, so that what disturbs one disturbs all. */
async function measureAll(shops: readonly Shop[]): Promise<ReadonlyMap<string, readonly number[][]>> {
  const rounds = new Map<string, number[][]>();
  for (const name of [...Object.keys(WORKS), LOOK])
    rounds.set(
      name,
      shops.map(() => []),
    );
  // The first round warms up, and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, of] of rounds) {
      for (const [place, shop] of shops.entries()) {
        const work = WORKS[name];
        const each = work === undefined ? await measureLook(shop) : await measure(shop, work, round);
        if (round > 0) of[place]?.push(each);
      }
    }
  }
  return rounds;
}

function medianRatio(own: readonly number[], smallest: readonly number[]): number {
  return quantile(
    own.map((each, round) => each / (smallest[round] ?? each)),
    0.5,
  );
}

/** Grows a shop of each size in `folder`, and measures all of them. The first is what the others are held against. */
export async function benchGrowth(folder: string, sizes: readonly Size[]): Promise<Grown[]> {
  const shops: Shop[] = [];
  try {
    for (const [n, size] of sizes.entries()) shops.push(await openShop(join(folder, `${n}`), size));
    const rounds = await measureAll(shops);
    const of = (place: number, from: (own: readonly number[], smallest: readonly number[]) => number) =>
      Object.fromEntries(
        [...rounds].map(([name, by]) => [name, from(by[place] ?? [], by[0] ?? [])] as const),
      );
    return shops.map(({ orders, products, stack }, place) => ({
      ...{ orders, products, startMs: stack.startMs, startCpuMs: stack.startCpuMs },
      rssMb: stack.idleRssMb,
      cpuMs: of(place, (own) => quantile(own, 0.5)),
      ratios: of(place, medianRatio),
    }));
  } finally {
    for (const { stack } of shops) {
      await stack.product.stop();
      await stack.outside.stop();
      await rm(stack.folder, { recursive: true, force: true });
    }
  }
}
