import * as z from 'zod';
import * as contents from '../../../shared/data/catalogue/contents.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import { staffProductView } from '../../../shared/domain/catalogue/productDraft.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { StaffProductView } from '../../../shared/schemas/catalogue/product.ts';

/**
 * Shows staff a product in any state, with everything that is stored of it. Read from the database, not from a cache.
 */
export const getAnyProduct = http(
  {
    route: 'GET /api/admin/products/{id}',
    auth: { may: 'product.view' },
    input: z.strictObject({ id: ProductId }),
    output: z.object({ product: StaffProductView }),
    errors: ['product.not_found'],
  },
  async ({ input: { id }, ports }) => {
    const product = await products.find(ports.database, id);
    if (product === null) throw fail('product.not_found');
    return { product: staffProductView({ product, content: await contents.find(ports.database, id) }) };
  },
);
