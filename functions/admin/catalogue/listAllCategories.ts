import * as z from 'zod';
import * as categories from '../../../shared/data/catalogue/categories.ts';
import { http } from '../../../shared/function.ts';
import { StaffCategoryView } from '../../../shared/schemas/catalogue/category.ts';

/**
 * Lists all categories for staff in their order, hidden ones included. They come in one answer, because
 * `createCategory` refuses more than 50.
 */
export const listAllCategories = http(
  {
    route: 'GET /api/admin/categories',
    auth: { may: 'product.view' },
    input: z.strictObject({}),
    output: z.object({ items: z.array(StaffCategoryView) }),
    errors: [],
  },
  async ({ ports }) => ({ items: [...(await categories.inOrder(ports.database))] }),
);
