import * as z from 'zod';
import * as products from '../../shared/data/catalogue/products.ts';
import { courseCard } from '../../shared/domain/catalogue/productView.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { Category, CoursePage, CourseSort } from '../../shared/schemas/catalogue/product.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/**
 * Lists the courses on sale, newest first or by list price, of one category or of all.
 *
 * The answer may be two seconds old. `price` is what everybody pays now; a member may pay less.
 */
export const listCourses = http(
  {
    route: 'GET /api/courses',
    auth: 'public',
    input: z.strictObject({
      category: Category.optional(),
      sort: CourseSort.optional(),
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: CoursePage,
    errors: [],
    cacheMs: 2_000,
  },
  async ({ input, now, ports }) => {
    const page = await products.listPublished(ports.database, {
      kind: 'course',
      isFreeForMembers: false,
      category: input.category ?? null,
      sort: input.sort ?? 'newest',
      limit: input.limit ?? PAGE_SIZE,
      cursor: input.cursor ?? null,
    });
    const prices = await todaysPrices(ports, { userId: null, products: page.items, now });
    return { items: page.items.map((product) => courseCard(product, prices)), nextCursor: page.nextCursor };
  },
);
