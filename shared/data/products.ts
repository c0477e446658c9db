/** Products: what can be bought and at which price. What a course teaches is in `courses` and `lessons`. */

import { PLAIN_TERMS } from '../domain/product.ts';
import { fail } from '../errors.ts';
import type { Page, Query, Reader, Tx } from '../ports.ts';
import type { ProductId } from '../schemas/base.ts';
import { type CourseSort, Product } from '../schemas/product.ts';
import { all, defineCollection } from './collection.ts';

/** Listed by state, with or without category, by age or price. */
export const collection = defineCollection({
  name: 'products',
  schema: Product,
  version: 2,
  upgrade: (doc) => ({ ...PLAIN_TERMS, ...doc }),
  indexes: {
    newest: { fields: ['state', 'publishedAtMs'] },
    price: { fields: ['state', 'listFen'] },
    categoryNewest: { fields: ['state', 'category', 'publishedAtMs'] },
    categoryPrice: { fields: ['state', 'category', 'listFen'] },
  },
});

/** The product in whatever state, or null. */
export function find(reader: Pick<Reader, 'find'>, id: ProductId): Promise<Product | null> {
  return reader.find(collection, id);
}

/** The products that exist, in whatever state, in the order of `ids`. At most 100. */
export function findMany(reader: Pick<Reader, 'findMany'>, ids: readonly ProductId[]): Promise<Product[]> {
  return reader.findMany(collection, ids);
}

/**
 * The products as they are on sale, in the order of `ids`. Peeked: a price that changes at the same moment is no
 * conflict. @throws product.not_found with `productId`, also for what is not published.
 */
export async function onSale(tx: Pick<Tx, 'peek'>, ids: readonly ProductId[]): Promise<Product[]> {
  const products: Product[] = [];
  for (const productId of ids) {
    const product = await tx.peek(collection, productId);
    if (product?.state !== 'published') throw fail('product.not_found', { params: { productId } });
    products.push(product);
  }
  return products;
}

const sorts = {
  newest: { index: 'newest', byCategory: 'categoryNewest', order: 'descending' },
  price_asc: { index: 'price', byCategory: 'categoryPrice', order: 'ascending' },
  price_desc: { index: 'price', byCategory: 'categoryPrice', order: 'descending' },
} as const satisfies Record<CourseSort, { index: string; byCategory: string; order: Query['order'] }>;

/** One page of what is published. @throws request.invalid for a cursor of another query */
export function listPublished(
  reader: Pick<Reader, 'list'>,
  asked: {
    readonly category: string | null;
    readonly sort: CourseSort;
    readonly limit: number;
    readonly cursor: string | null;
  },
): Promise<Page<Product>> {
  const { index, byCategory, order } = sorts[asked.sort];
  return reader.list(collection, {
    index: asked.category === null ? index : byCategory,
    where: {
      state: 'published',
      ...(asked.category === null ? {} : { category: asked.category }),
    },
    order,
    limit: asked.limit,
    cursor: asked.cursor,
  });
}

/** Everything that is published, newest first, page after page: for the search index. */
export function allPublished(reader: Reader): AsyncGenerator<Product> {
  return all(reader, collection, {
    index: 'newest',
    where: { state: 'published' },
    order: 'descending',
    limit: 1000,
  });
}

/** Stores a new product. */
export function insert(tx: Tx, product: Product): Promise<void> {
  return tx.insert(collection, product);
}

/** Stores a product's new state; the caller has raised its `version`. */
export function save(tx: Tx, product: Product): Promise<void> {
  return tx.update(collection, product);
}
