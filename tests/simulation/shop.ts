/** What the simulated shop sells and gives away. There is little of everything, so that buyers compete. */

import { collections } from '../../shared/data/collections.ts';
import * as sessions from '../../shared/data/identity/sessions.ts';
import { PLAIN_TERMS } from '../../shared/domain/catalogue/product.ts';
import { startSession } from '../../shared/domain/identity/session.ts';
import { newUser } from '../../shared/domain/identity/user.ts';
import type { Collection, Database, Doc } from '../../shared/ports/database.ts';
import { DAY_MS, MINUTE_MS, timeMs, UserId } from '../../shared/schemas/base.ts';

/** `<prefix>_` and a ULID that contains the number. */
export function idOf(prefix: string, n: number): string {
  return `${prefix}_01JD${String(n).padStart(22, '0')}`;
}

/** A product on sale, and the courses that it opens. */
export interface Goods {
  readonly productId: string;
  readonly listFen: number;
  readonly opens: readonly string[];
}

/** A course on sale, and its one paid lesson. */
export interface CourseGoods extends Goods {
  readonly lessonId: string;
}

/** The courses: with ordinary prices, the smallest price, odd prices, and a free one. */
export const goods: readonly CourseGoods[] = [19_900, 9_990, 1, 4_999, 1_000, 0].map((listFen, n) => ({
  productId: idOf('prd', n + 1),
  lessonId: idOf('les', n + 1),
  listFen,
  opens: [idOf('prd', n + 1)],
}));

/** The course that members may use. */
const FOR_MEMBERS = idOf('prd', 4);
/** Two courses at one price. */
const BUNDLE = { productId: idOf('prd', 7), listFen: 9_000, opens: [idOf('prd', 2), idOf('prd', 5)] };
/** A month of membership. */
const MEMBERSHIP = { productId: idOf('prd', 8), listFen: 2_900, opens: [FOR_MEMBERS] };
/** What is sold besides courses. */
export const extras: readonly Goods[] = [BUNDLE, MEMBERSHIP];
/** The product of the flash sale, with fewer places than there are buyers. */
const FLASH = { productId: idOf('prd', 1), priceFen: 9_900, stock: 3 };
/** Courses whose refunds are decided by staff. */
const BY_STAFF = [idOf('prd', 2), idOf('prd', 5)];

/** Staff who may refund, each logged in with a second factor. */
export const staff = [1, 2].map((n) => ({
  userId: idOf('usr', n),
  token: `staff-of-the-simulated-shop-${n}`,
}));

/** The course whose whole price the coupon covers. */
const GIVEN_AWAY = idOf('prd', 5);

interface Template {
  readonly templateId: string;
  readonly perUserMax: number;
  /** The stock of each shard. */
  readonly shards: readonly number[];
  readonly isClaimed: boolean;
  readonly terms: Readonly<Record<string, unknown>>;
}

const forAll = { scope: { kind: 'all' }, validity: { kind: 'days', days: 30 } } as const;

/** The coupon templates. `startMs` is when the shop opens. */
export function templatesOf(startMs: number): readonly Template[] {
  return [
    // So few that some buyers get none, in shards so small that each runs out.
    {
      templateId: idOf('tpl', 1),
      perUserMax: 1,
      shards: [2, 1, 1],
      isClaimed: true,
      terms: { title: '立减5元', rule: { kind: 'fixed', offFen: 500 }, ...forAll },
    },
    {
      templateId: idOf('tpl', 2),
      perUserMax: 2,
      shards: [40, 30],
      isClaimed: true,
      terms: {
        title: '八折',
        rule: { kind: 'discount', thresholdFen: 5_000, offBasisPoints: 2_000, capFen: 3_000 },
        ...forAll,
      },
    },
    {
      templateId: idOf('tpl', 3),
      perUserMax: 1,
      shards: [4],
      isClaimed: true,
      terms: {
        title: '免费领课',
        rule: { kind: 'full_reduction', thresholdFen: 1_000, offFen: 1_000 },
        scope: { kind: 'products', productIds: [GIVEN_AWAY] },
        validity: { kind: 'days', days: 30 },
      },
    },
    // Ends while orders still hold it.
    {
      templateId: idOf('tpl', 4),
      perUserMax: 1,
      shards: [50],
      isClaimed: true,
      terms: {
        title: '限时满百减十',
        rule: { kind: 'full_reduction', thresholdFen: 9_000, offFen: 1_000 },
        scope: { kind: 'all' },
        validity: { kind: 'window', fromAtMs: startMs - DAY_MS, untilAtMs: startMs + 40 * MINUTE_MS },
      },
    },
    {
      templateId: idOf('tpl', 5),
      perUserMax: 1,
      shards: [500, 500],
      isClaimed: false,
      terms: { title: '新人立减1元', rule: { kind: 'fixed', offFen: 100 }, ...forAll },
    },
  ];
}

function productOf({ productId, listFen }: Goods, startMs: number) {
  return {
    id: productId,
    kind: 'course',
    version: 1,
    state: 'published',
    title: `商品${productId.slice(-1)}`,
    subtitle: '',
    summary: '',
    category: 'test',
    tags: [],
    teacher: '老师',
    coverUrl: 'https://img.example.com/cover.png',
    listFen,
    access: { kind: 'forever' },
    ...PLAIN_TERMS,
    lessonCount: 1,
    publishedAtMs: startMs,
    createdAtMs: startMs,
    updatedAtMs: startMs,
  };
}

/** Documents and the names of their collections. */
export type Documents = readonly (readonly [string, Doc & Readonly<Record<string, unknown>>])[];

function courseDocs(startMs: number): Documents {
  return goods.flatMap((each, n) => {
    const { productId, lessonId } = each;
    const lesson = { id: lessonId, title: '正课', durationSeconds: 600, isTrial: false };
    const product = productOf(each, startMs);
    const { refundPolicy } = product;
    const course = {
      ...product,
      trialDays: n === 0 ? 3 : 0,
      access: n % 2 === 0 ? { kind: 'forever' } : { kind: 'days', days: 90 },
      partOf: BUNDLE.opens.includes(productId) ? [BUNDLE.productId] : [],
      isFreeForMembers: productId === FOR_MEMBERS,
      refundPolicy: BY_STAFF.includes(productId) ? { ...refundPolicy, windowDays: 0 } : refundPolicy,
    };
    const chapters = [{ title: '第一章', lessons: [lesson] }];
    return [
      ['products', course],
      ['courses', { id: productId, chapters, draftDigest: '0'.repeat(64) }],
      ['lessons', { ...lesson, productId, body: '正文', mediaKey: null }],
    ] as const;
  });
}

function extraDocs(startMs: number): Documents {
  const plan = { period: 'month', scope: { kind: 'platform' } };
  return [
    ['products', { ...productOf(BUNDLE, startMs), kind: 'bundle', parts: [...BUNDLE.opens], lessonCount: 2 }],
    ['products', { ...productOf(MEMBERSHIP, startMs), kind: 'membership', plan, lessonCount: 0 }],
  ];
}

/** The goods on sale at the virtual payment platform, as if published long ago. */
function goodsDocs(startMs: number): Documents {
  return [...goods, ...extras]
    .filter(({ listFen }) => listFen > 0)
    .map(({ productId, listFen }) => [
      'railGoods',
      {
        id: `${productId}_${listFen}`,
        productId,
        priceFen: listFen,
        name: productId,
        imageUrl: 'https://img.example.com/cover.png',
        state: 'published',
        liveAtMs: startMs - DAY_MS,
        nextAtMs: null,
        reason: null,
        createdAtMs: startMs,
        updatedAtMs: startMs,
      },
    ]);
}

function flashDocs(startMs: number): Documents {
  const id = idOf('fls', 1);
  const sale = {
    id,
    title: '秒杀',
    fromAtMs: startMs - DAY_MS,
    untilAtMs: startMs + 30 * MINUTE_MS,
    perUserMax: 1,
    items: [FLASH],
    version: 1,
    state: 'published',
    draftDigest: '0'.repeat(64),
    createdAtMs: startMs,
    updatedAtMs: startMs,
  };
  return [
    ['flashSales', sale],
    ['flashStocks', { id: `${id}:${FLASH.productId}:0`, remaining: FLASH.stock, taken: 0 }],
  ];
}

function staffDocs(startMs: number): Documents {
  const now = timeMs(startMs);
  return staff.flatMap(({ userId, token }) => {
    const user = newUser({ id: UserId.parse(userId), nickname: '财务', role: 'finance', openid: null, now });
    // Dated far ahead, so that the session and the shown factor last for any run.
    const shown = { hasSecondFactor: true, device: null, now: timeMs(startMs + 30 * DAY_MS) };
    const session = startSession({ id: sessions.idOf(token), user, ...shown });
    return [
      ['users', user],
      ['sessions', session],
    ] as const;
  });
}

function templateDocs(startMs: number): Documents {
  return templatesOf(startMs).flatMap(({ templateId, perUserMax, shards, isClaimed, terms }) => [
    [
      'couponTemplates',
      {
        id: templateId,
        version: 1,
        ...terms,
        // Open since yesterday, whatever an instance's clock says.
        claimFromAtMs: startMs - DAY_MS,
        claimUntilAtMs: startMs + DAY_MS,
        stock: shards.reduce((sum, remaining) => sum + remaining, 0),
        perUserMax,
        audience: isClaimed ? 'all' : 'welcome',
        state: 'published',
        shardCount: shards.length,
        draftDigest: '0'.repeat(64),
        createdAtMs: startMs,
        updatedAtMs: startMs,
      },
    ] as const,
    ...shards.map(
      (remaining, i) =>
        ['couponStocks', { id: `${templateId}:${i}`, templateId, remaining, issued: 0, held: {} }] as const,
    ),
  ]);
}

function collectionOf(name: string): Collection {
  const found = collections.find((collection) => collection.name === name);
  if (found === undefined) throw new Error(`no collection ${name}`);
  return found;
}

/** Opens the shop: writes everything above, and whatever else there is, into the database. */
export async function openShop(database: Database, startMs: number, more: Documents): Promise<void> {
  await database.tx(async (tx) => {
    for (const docs of [courseDocs, extraDocs, goodsDocs, flashDocs, staffDocs, templateDocs]) {
      for (const [name, doc] of docs(startMs)) await tx.insert(collectionOf(name), doc);
    }
    for (const [name, doc] of more) await tx.insert(collectionOf(name), doc);
  });
}
