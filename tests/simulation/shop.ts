/** What the simulated shop sells and gives away. Few of everything, so that buyers get into each other's way. */

import { collections } from '../../shared/data/collections.ts';
import { PLAIN_TERMS } from '../../shared/domain/product.ts';
import type { Collection, Database, Doc } from '../../shared/ports.ts';
import { DAY_MS, MINUTE_MS } from '../../shared/schemas/base.ts';

/** `<prefix>_` and a ULID that says which one it is. */
function idOf(prefix: string, n: number): string {
  return `${prefix}_01JD${String(n).padStart(22, '0')}`;
}

/** A course on sale, and the one lesson that is paid for. */
export interface Goods {
  readonly productId: string;
  readonly lessonId: string;
  readonly listFen: number;
}

/** The courses: ordinary prices, the smallest one, odd ones, and one that costs nothing. */
export const goods: readonly Goods[] = [19_900, 9_990, 1, 4_999, 1_000, 0].map((listFen, n) => ({
  productId: idOf('prd', n + 1),
  lessonId: idOf('les', n + 1),
  listFen,
}));

/** The course that the coupon over its whole price is for. */
const GIVEN_AWAY = idOf('prd', 5);

interface Template {
  readonly templateId: string;
  readonly perUserMax: number;
  /** How much of the stock is in each shard. */
  readonly shards: readonly number[];
  readonly isClaimed: boolean;
  readonly terms: Readonly<Record<string, unknown>>;
}

const forAll = { scope: { kind: 'all' }, validity: { kind: 'days', days: 30 } } as const;

/** Coupon templates; `startMs` is when the shop opens. */
export function templatesOf(startMs: number): readonly Template[] {
  return [
    // So few that some go away empty-handed, in shards so small that each runs out.
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

function productDocs(startMs: number): readonly (readonly [string, Doc])[] {
  return goods.flatMap(({ productId, lessonId, listFen }, n) => {
    const lesson = { id: lessonId, title: '正课', durationSeconds: 600, isTrial: false };
    const product = {
      id: productId,
      kind: 'course',
      version: 1,
      state: 'published',
      title: `课程${n + 1}`,
      subtitle: '',
      summary: '',
      category: 'test',
      tags: [],
      teacher: '老师',
      coverUrl: 'https://img.example.com/cover.png',
      listFen,
      access: n % 2 === 0 ? { kind: 'forever' } : { kind: 'days', days: 90 },
      ...PLAIN_TERMS,
      parts: [],
      partOf: [],
      lessonCount: 1,
      publishedAtMs: startMs,
      createdAtMs: startMs,
      updatedAtMs: startMs,
    };
    const course = {
      id: productId,
      chapters: [{ title: '第一章', lessons: [lesson] }],
      draftDigest: '0'.repeat(64),
    };
    return [
      ['products', product],
      ['courses', course],
      ['lessons', { ...lesson, productId, body: '正文', mediaKey: null }],
    ] as const;
  });
}

function templateDocs(startMs: number): readonly (readonly [string, Doc])[] {
  return templatesOf(startMs).flatMap(({ templateId, perUserMax, shards, isClaimed, terms }) => [
    [
      'couponTemplates',
      {
        id: templateId,
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
        ['couponStocks', { id: `${templateId}:${i}`, templateId, remaining, issued: 0 }] as const,
    ),
  ]);
}

function collectionOf(name: string): Collection {
  const found = collections.find((collection) => collection.name === name);
  if (found === undefined) throw new Error(`no collection ${name}`);
  return found;
}

/** Opens the shop: everything above, written into the database. */
export async function openShop(database: Database, startMs: number): Promise<void> {
  await database.tx(async (tx) => {
    for (const [name, doc] of [...productDocs(startMs), ...templateDocs(startMs)]) {
      await tx.insert(collectionOf(name), doc);
    }
  });
}
