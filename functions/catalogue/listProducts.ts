import * as z from 'zod';
import * as products from '../../shared/data/catalogue/products.ts';
import { productCard } from '../../shared/domain/catalogue/productView.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { Category, CourseSort, ProductPage } from '../../shared/schemas/catalogue/product.ts';
import { ShelfKind } from '../../shared/schemas/catalogue/productKind.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/**
 * Lists the products on sale, newest first or by list price, with filters by kind, by category and by free for members.
 *
 * The answer may be two seconds old. `price` is what everybody pays now; a member may pay less.
 */
export const listProducts = http(
  {
    route: 'GET /api/products',
    auth: 'public',
    input: z.strictObject({
      kind: ShelfKind.optional(),
      category: Category.optional(),
      memberFree: z.literal('true').optional(),
      sort: CourseSort.optional(),
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: ProductPage,
    errors: [],
    cacheMs: 2_000,
  },
  async ({ input, now, ports }) => {
    const page = await products.listPublished(ports.database, {
      kind: input.kind ?? null,
      category: input.category ?? null,
      isFreeForMembers: input.memberFree === 'true',
      sort: input.sort ?? 'newest',
      limit: input.limit ?? PAGE_SIZE,
      cursor: input.cursor ?? null,
    });
    const prices = await todaysPrices(ports, { userId: null, products: page.items, now });
    return { items: page.items.map((product) => productCard(product, prices)), nextCursor: page.nextCursor };
  },
);
