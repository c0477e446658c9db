import * as z from 'zod';
import * as products from '../../../shared/data/catalogue/products.ts';
import { productsCalled } from '../../../shared/flows/catalogue/productsCalled.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize, text } from '../../../shared/schemas/base.ts';
import { Product, StaffProductPage } from '../../../shared/schemas/catalogue/product.ts';
import { ProductKind } from '../../../shared/schemas/catalogue/productKind.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/**
 * Lists products in every state for staff, of one kind or of all, the newest first. With `q`, only products whose
 * title, subtitle, teacher or tags contain all of its words; then a page may be shorter than the limit, even empty, and
 * still have a next one.
 */
export const listAllProducts = http(
  {
    route: 'GET /api/admin/products',
    auth: { may: 'product.view' },
    input: z.strictObject({
      kind: ProductKind.optional(),
      state: Product.shape.state.optional(),
      /** Words, or their beginnings. */
      q: text(60).optional(),
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: StaffProductPage,
    errors: [],
  },
  async ({ input, ports }) => {
    const { q, kind = null, state = null, limit = PAGE_SIZE, cursor = null } = input;
    const asked = { kind, state, limit, cursor };
    const page =
      q === undefined
        ? await products.listForStaff(ports.database, asked)
        : await productsCalled(ports.database, { ...asked, words: q });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
