/**
 * The collection of products: what can be bought and at which price. The content of a course is in `courses` and
 * `lessons`.
 */

import { fail } from '../../errors.ts';
import type { Page, Query, Reader, Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import { type CourseSort, Product } from '../../schemas/catalogue/product.ts';
import { ProductKind, ShelfKind } from '../../schemas/catalogue/productKind.ts';
import { all, defineCollection, store, storeEach } from '../collection.ts';

/** The fields that version 1 lacked: every product was a course, sold at its list price with this refund policy. */
const BEFORE_TERMS = {
  nextListFen: null,
  limited: null,
  memberFen: null,
  isFreeForMembers: false,
  pointsPrice: null,
  refundPolicy: {
    windowDays: 7,
    tiers: [{ progressMax: 3_000, share: 10_000 }],
    isVoidAfterDownload: true,
  },
  saleFromAtMs: null,
  saleUntilAtMs: null,
  plan: null,
  parts: [],
  partOf: [],
  draftDigest: null,
};

/** The fields that version 2 lacked: trial lessons were not counted, and no part ever left a bundle. */
const BEFORE_LEAVING = { trialCount: 0, leftOf: [], formerParts: [] };

/**
 * The collection. The indexes list products by state and kind, with or without category, by age or price, and also only
 * those free for members. Another index lists them by their last change.
 */
export const collection = defineCollection({
  name: 'products',
  schema: Product,
  version: 4,
  upgrade: (doc) => ({ ...BEFORE_TERMS, ...BEFORE_LEAVING, ...doc }),
  indexes: {
    newest: { fields: ['state', 'publishedAtMs'] },
    kindNewest: { fields: ['state', 'kind', 'publishedAtMs'] },
    kindPrice: { fields: ['state', 'kind', 'listFen'] },
    categoryNewest: { fields: ['state', 'category', 'kind', 'publishedAtMs'] },
    categoryPrice: { fields: ['state', 'category', 'kind', 'listFen'] },
    memberNewest: { fields: ['state', 'isFreeForMembers', 'kind', 'publishedAtMs'] },
    memberPrice: { fields: ['state', 'isFreeForMembers', 'kind', 'listFen'] },
    memberCategoryNewest: { fields: ['state', 'isFreeForMembers', 'category', 'kind', 'publishedAtMs'] },
    memberCategoryPrice: { fields: ['state', 'isFreeForMembers', 'category', 'kind', 'listFen'] },
    staff: { fields: ['kind', 'state', 'createdAtMs'] },
    changed: { fields: ['updatedAtMs'] },
  },
});

/** The product in any state, or null. */
export function find(reader: Pick<Reader, 'find'>, id: ProductId): Promise<Product | null> {
  return reader.find(collection, id);
}

/** The product in any state. @throws product.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: ProductId): Promise<Product> {
  const product = await find(reader, id);
  if (product === null) throw fail('product.not_found');
  return product;
}

/** The largest number of products that one read asks for. */
const READ_MAX = 100;

/** The existing products among `ids`, in any state and in that order. Without ids, nothing is read. */
export async function findMany(
  reader: Pick<Reader, 'findMany'>,
  ids: readonly ProductId[],
): Promise<Product[]> {
  const found: Product[] = [];
  for (let from = 0; from < ids.length; from += READ_MAX) {
    found.push(...(await reader.findMany(collection, ids.slice(from, from + READ_MAX))));
  }
  return found;
}

/**
 * The existing products among `ids`, in any state and in that order. They are peeked at, so a change to them causes
 * no conflict.
 */
export async function peekMany(tx: Pick<Tx, 'peek'>, ids: readonly ProductId[]): Promise<Product[]> {
  const found = await Promise.all(ids.map((id) => tx.peek(collection, id)));
  return found.filter((product) => product !== null);
}

const sorts = {
  newest: { by: 'Newest', order: 'descending' },
  price_asc: { by: 'Price', order: 'ascending' },
  price_desc: { by: 'Price', order: 'descending' },
} as const satisfies Record<CourseSort, { by: string; order: Query['order'] }>;

/** A part of the catalogue. */
export interface ShelfAsked {
  /** Null for every kind that is listed. */
  readonly kind: ShelfKind | null;
  /** Null for every category. */
  readonly category: string | null;
  /** Whether to list only products that are free for members. */
  readonly isFreeForMembers: boolean;
  readonly sort: CourseSort;
  readonly limit: number;
  readonly cursor: string | null;
}

/** One page of published products. @throws request.invalid for a cursor of another query */
export function listPublished(reader: Pick<Reader, 'list'>, asked: ShelfAsked): Promise<Page<Product>> {
  const { kind, category, isFreeForMembers, limit, cursor } = asked;
  const { by, order } = sorts[asked.sort];
  const shelf = category === null ? 'kind' : 'category';
  const memberShelf = category === null ? 'member' : 'memberCategory';
  return reader.list(collection, {
    index: `${isFreeForMembers ? memberShelf : shelf}${by}`,
    where: {
      state: 'published',
      ...(isFreeForMembers ? { isFreeForMembers } : {}),
      ...(category === null ? {} : { category }),
      kind: kind ?? ShelfKind.options,
    },
    order,
    limit,
    cursor,
  });
}

/**
 * One page of all products of a kind and state (null for any), newest first, for staff. Changes between pages do not
 * move a product.
 * @throws request.invalid
 */
export function listForStaff(
  reader: Pick<Reader, 'list'>,
  asked: {
    readonly kind: ProductKind | null;
    readonly state: Product['state'] | null;
    readonly limit: number;
    readonly cursor: string | null;
  },
): Promise<Page<Product>> {
  const { kind, state, limit, cursor } = asked;
  return reader.list(collection, {
    index: 'staff',
    where: { kind: kind ?? ProductKind.options, state: state ?? Product.shape.state.options },
    order: 'descending',
    limit,
    cursor,
  });
}

/** The membership plans in any state. At most 200 are read, the newest. */
export async function plans(reader: Pick<Reader, 'list'>): Promise<readonly Product[]> {
  const where = { kind: 'membership', state: Product.shape.state.options };
  const query = { index: 'staff', where, order: 'descending', limit: 200, cursor: null } as const;
  return (await reader.list(collection, query)).items;
}

/** All published products, newest first, for the search index. */
export function allPublished(reader: Reader): AsyncGenerator<Product> {
  return all(reader, collection, {
    index: 'newest',
    where: { state: 'published' },
    order: 'descending',
    limit: 100,
  });
}

/** One page of the products that were changed at `fromMs` or later, in any state, the earliest change first. */
export function changedSince(
  reader: Pick<Reader, 'list'>,
  asked: { readonly fromMs: TimeMs; readonly limit: number; readonly cursor: string | null },
): Promise<Page<Product>> {
  const { fromMs, limit, cursor } = asked;
  const range = { field: 'updatedAtMs', from: fromMs };
  return reader.list(collection, { index: 'changed', where: {}, range, order: 'ascending', limit, cursor });
}

/** Stores a new product. */
export function insert(tx: Tx, product: Product): Promise<void> {
  return tx.insert(collection, product);
}

/** Stores a product's new state. The caller has raised its `version`. */
export function save(tx: Tx, before: Product, after: Product): Promise<void> {
  return store(tx, collection, before, after);
}

/** The same for several products. Those of `before` that `after` lacks stay as they are. */
export function saveEach(tx: Tx, before: readonly Product[], after: readonly Product[]): Promise<void> {
  return storeEach(tx, collection, before, after);
}

/** Deletes a product. @throws Error when there is none */
export function remove(tx: Tx, id: ProductId): Promise<void> {
  return tx.remove(collection, id);
}

/** Whether any product, in any state, is in this category. */
export async function isCategoryUsed(reader: Pick<Reader, 'list'>, category: string): Promise<boolean> {
  const where = { state: Product.shape.state.options, category };
  const query = { index: 'categoryNewest', where, order: 'ascending', limit: 1, cursor: null } as const;
  return (await reader.list(collection, query)).items.length > 0;
}

/** All products, in any state. */
export function everyOne(reader: Reader): AsyncGenerator<Product> {
  return all(reader, collection, { index: 'staff', where: {}, order: 'ascending', limit: 200 });
}
