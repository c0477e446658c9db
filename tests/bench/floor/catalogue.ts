/** The floor's catalogue: the product's own seeded one, read once from its file and kept in memory. */
import Sqlite from 'libsql';
import type { Course, Lesson, Product } from '../../../shared/schemas/catalogue/product.ts';
import type { CouponTemplate } from '../../../shared/schemas/coupons/coupon.ts';
import type { FlashSale } from '../../../shared/schemas/pricing/promotion.ts';

/** How long a media link works beyond the length of the media. */
const LESSON_GRACE_MS = 900_000;

/** The price of a product, with its reasons. */
export interface Price {
  readonly priceFen: number;
  readonly source: 'list' | 'limited' | 'flash';
  readonly ownedFen: number;
}

/** Every pair of adjacent characters of a text, in lower case. */
function pairsOf(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase();
  return Array.from({ length: Math.max(1, plain.length - 1) }, (_, at) => plain.slice(at, at + 2));
}

/** Reads the catalogue from the file of a product that is not running. */
export function readCatalogue(path: string) {
  const file = new Sqlite(path, { readonly: true });
  const all = <D extends { readonly id: string }>(name: string): D[] =>
    file
      .prepare(`SELECT body FROM ${name}`)
      .raw()
      .all([])
      .map((row) => JSON.parse((row as string[])[0] ?? ''));
  const products = all<Product>('products').filter(({ state }) => state === 'published');
  const byId = new Map(products.map((product) => [product.id as string, product]));
  const courses = new Map(all<Course>('courses').map((course) => [course.id as string, course]));
  const lessons = new Map(all<Lesson>('lessons').map((lesson) => [lesson.id as string, lesson]));
  const templates = new Map(all<CouponTemplate>('couponTemplates').map((each) => [each.id as string, each]));
  const sales = all<FlashSale>('flashSales');
  file.close();

  const found = new Map<string, Set<Product>>();
  for (const product of products.filter(({ kind }) => kind === 'course')) {
    const { title, subtitle, summary, teacher, tags } = product;
    for (const pair of [title, subtitle, summary, teacher, ...tags].flatMap(pairsOf)) {
      found.set(pair, (found.get(pair) ?? new Set()).add(product));
    }
  }

  function priceOf({ id, listFen, limited }: Product, now: number): Price {
    let price: Price = { priceFen: listFen, source: 'list', ownedFen: 0 };
    if (limited !== null && limited.fromAtMs <= now && now < limited.untilAtMs)
      price = { ...price, priceFen: limited.priceFen, source: 'limited' };
    for (const { fromAtMs, untilAtMs, items } of sales) {
      if (now < fromAtMs || untilAtMs <= now) continue;
      const item = items.find(({ productId }) => productId === id);
      if (item !== undefined && item.priceFen < price.priceFen)
        price = { ...price, priceFen: item.priceFen, source: 'flash' };
    }
    return price;
  }

  function card(product: Product, now: number) {
    const { id, title, subtitle, category, tags, teacher, coverUrl, listFen, limited } = product;
    const { memberFen, isFreeForMembers, pointsPrice, lessonCount, publishedAtMs } = product;
    const price = priceOf(product, now);
    return {
      ...{ id, title, subtitle, category, tags, teacher, coverUrl, listFen, limited },
      ...{ memberFen, isFreeForMembers, pointsPrice, price, lessonCount, publishedAtMs },
    };
  }

  return {
    templates: [...templates.values()].filter(({ state }) => state === 'published'),
    template: (id: string) => templates.get(id) ?? null,
    product: (id: string) => byId.get(id) ?? null,
    lesson: (id: string) => lessons.get(id) ?? null,
    priceOf,
    /** The courses that contain every pair of characters of the search words. */
    search: (words: string, now: number) => {
      const [first = new Set<Product>(), ...others] = pairsOf(words).map(
        (pair) => found.get(pair) ?? new Set<Product>(),
      );
      const hits = [...first].filter((product) => others.every((set) => set.has(product)));
      return hits.slice(0, 20).map((product) => card(product, now));
    },
    page: (product: Product, now: number) => {
      const { summary, access, refundPolicy, saleFromAtMs, saleUntilAtMs, trialCount } = product;
      const chapters = (courses.get(product.id)?.chapters ?? []).map((chapter) => ({
        title: chapter.title,
        lessons: chapter.lessons.map(({ id, title, durationSeconds, isTrial }) => {
          return { id, title, durationSeconds, isTrial };
        }),
      }));
      const seconds = chapters.flatMap((chapter) =>
        chapter.lessons.map(({ durationSeconds }) => durationSeconds),
      );
      const durationSeconds = seconds.reduce((sum, each) => sum + each, 0);
      return {
        ...card(product, now),
        ...{
          summary,
          access,
          refundPolicy,
          saleFromAtMs,
          saleUntilAtMs,
          trialCount,
          durationSeconds,
          chapters,
        },
      };
    },
    /** When the media link of a lesson that is opened now stops working. */
    mediaEndMs: ({ durationSeconds }: Lesson, now: number) => now + durationSeconds * 1_000 + LESSON_GRACE_MS,
  };
}
