import * as z from 'zod';
import { productCard } from '../../shared/domain/catalogue/productView.ts';
import { searchCatalogue } from '../../shared/flows/catalogue/searchCatalogue.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../shared/function.ts';
import { PageSize, text } from '../../shared/schemas/base.ts';
import { Category, ProductPage, SearchCursor } from '../../shared/schemas/catalogue/product.ts';
import { ShelfKind } from '../../shared/schemas/catalogue/productKind.ts';

/** The page size when the request gives no `limit`. */
const FOUND_MAX = 20;

/**
 * Searches everything on sale by Chinese and English words, best match first, like `searchCourses` but over every kind.
 */
export const searchProducts = http(
  {
    route: 'GET /api/products/search',
    auth: 'public',
    input: z.strictObject({
      q: text(60),
      kind: ShelfKind.optional(),
      category: Category.optional(),
      cursor: SearchCursor.optional(),
      limit: PageSize,
    }),
    output: ProductPage,
    errors: [],
    cost: 'search',
  },
  async ({ input, now, ports }) => {
    const found = await searchCatalogue(ports, {
      query: input.q,
      kind: input.kind ?? null,
      category: input.category ?? null,
      limit: input.limit ?? FOUND_MAX,
      cursor: input.cursor ?? null,
    });
    const prices = await todaysPrices(ports, { userId: null, products: found.items, now });
    return {
      items: found.items.map((product) => productCard(product, prices)),
      nextCursor: found.nextCursor,
    };
  },
);
