import * as z from 'zod';
import { courseCard } from '../../shared/domain/catalogue/productView.ts';
import { searchCatalogue } from '../../shared/flows/catalogue/searchCatalogue.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../shared/function.ts';
import { PageSize, text } from '../../shared/schemas/base.ts';
import { Category, CourseCard } from '../../shared/schemas/catalogue/product.ts';

/** How many courses are found when nobody says. */
const FOUND_MAX = 20;

/**
 * Searches the courses on sale by Chinese and English words, best first.
 *
 * The beginning of an English word is enough, and a small misspelling is forgiven. Simplified and traditional
 * characters are the same, and so are `ES6` and `ES 6`. A word in the title counts for
 * more than in the tags, then the teacher's name, the subtitle and the summary.
 */
export const searchCourses = http(
  {
    route: 'GET /api/courses/search',
    auth: 'public',
    input: z.strictObject({ q: text(60), category: Category.optional(), limit: PageSize }),
    output: z.object({ items: z.array(CourseCard) }),
    errors: [],
    cost: 'search',
  },
  async ({ input, now, ports }) => {
    const found = await searchCatalogue(ports, {
      query: input.q,
      kind: 'course',
      category: input.category ?? null,
      limit: input.limit ?? FOUND_MAX,
    });
    const prices = await todaysPrices(ports, { userId: null, products: found, now });
    return { items: found.map((product) => courseCard(product, prices)) };
  },
);
