import * as z from 'zod';
import { courseCard } from '../../shared/domain/catalogue/productView.ts';
import { searchCatalogue } from '../../shared/flows/catalogue/searchCatalogue.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../shared/function.ts';
import { PageSize, text } from '../../shared/schemas/base.ts';
import { Category, CoursePage, SearchCursor } from '../../shared/schemas/catalogue/product.ts';

/** The page size when the request gives no `limit`. */
const FOUND_MAX = 20;

/**
 * Searches the courses on sale by Chinese and English words, best match first.
 *
 * The beginning of an English word is enough, and a small misspelling is forgiven. Simplified and traditional
 * characters are the same, and so are `ES6` and `ES 6`. A word in the title counts most, then one in the tags, then the
 * teacher's name, the subtitle and the summary. At most 200 are found. A reader who follows the cursor sees nothing
 * twice, even if the catalogue changes meanwhile.
 */
export const searchCourses = http(
  {
    route: 'GET /api/courses/search',
    auth: 'public',
    input: z.strictObject({
      q: text(60),
      category: Category.optional(),
      cursor: SearchCursor.optional(),
      limit: PageSize,
    }),
    output: CoursePage,
    errors: [],
    cost: 'search',
  },
  async ({ input, now, ports }) => {
    const found = await searchCatalogue(ports, {
      query: input.q,
      kind: 'course',
      category: input.category ?? null,
      limit: input.limit ?? FOUND_MAX,
      cursor: input.cursor ?? null,
    });
    const prices = await todaysPrices(ports, { userId: null, products: found.items, now });
    return { items: found.items.map((product) => courseCard(product, prices)), nextCursor: found.nextCursor };
  },
);
