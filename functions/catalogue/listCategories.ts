import * as z from 'zod';
import * as categories from '../../shared/data/catalogue/categories.ts';
import { http } from '../../shared/function.ts';
import { CategoryView } from '../../shared/schemas/catalogue/category.ts';

/** Lists the visible categories in the order that staff gave them. The answer may be two seconds old. */
export const listCategories = http(
  {
    route: 'GET /api/categories',
    auth: 'public',
    input: z.strictObject({}),
    output: z.object({ items: z.array(CategoryView) }),
    errors: [],
    cacheMs: 2_000,
  },
  async ({ ports }) => {
    const all = await categories.inOrder(ports.database);
    return { items: all.filter(({ isHidden }) => !isHidden) };
  },
);
