import * as z from 'zod';
import * as products from '../../../shared/data/catalogue/products.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { Product, ProductKind, StaffProductPage } from '../../../shared/schemas/catalogue/product.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/** Lists products in every state for staff, of one kind or of all, the last changed first. */
export const listAllProducts = http(
  {
    route: 'GET /api/admin/products',
    auth: { may: 'product.view' },
    input: z.strictObject({
      kind: ProductKind.optional(),
      state: Product.shape.state.optional(),
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: StaffProductPage,
    errors: [],
  },
  async ({ input, ports }) => {
    const page = await products.listForStaff(ports.database, {
      kind: input.kind ?? null,
      state: input.state ?? null,
      limit: input.limit ?? PAGE_SIZE,
      cursor: input.cursor ?? null,
    });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
