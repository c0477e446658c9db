import * as z from 'zod';
import { productCard } from '../../shared/domain/catalogue/productView.ts';
import { searchCatalogue } from '../../shared/flows/catalogue/searchCatalogue.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../shared/function.ts';
import { PageSize, text } from '../../shared/schemas/base.ts';
import { Category, ProductCard, ProductKind } from '../../shared/schemas/catalogue/product.ts';

/** How many products are found when nobody says. */
const FOUND_MAX = 20;

/** Searches everything on sale by Chinese and English words, best first: as `searchCourses` does, over every kind. */
export const searchProducts = http(
  {
    route: 'GET /api/products/search',
    auth: 'public',
    input: z.strictObject({
      q: text(60),
      kind: ProductKind.optional(),
      category: Category.optional(),
      limit: PageSize,
    }),
    output: z.object({ items: z.array(ProductCard) }),
    errors: [],
    cost: 'search',
  },
  async ({ input, now, ports }) => {
    const found = await searchCatalogue(ports, {
      query: input.q,
      kind: input.kind ?? null,
      category: input.category ?? null,
      limit: input.limit ?? FOUND_MAX,
    });
    const prices = await todaysPrices(ports, { userId: null, products: found, now });
    return { items: found.map((product) => productCard(product, prices)) };
  },
);
