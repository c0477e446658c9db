import * as z from 'zod';
import * as contents from '../../../shared/data/catalogue/contents.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import {
  staffProductView,
  withdrawProduct as withdraw,
} from '../../../shared/domain/catalogue/productDraft.ts';
import { fail } from '../../../shared/errors.ts';
import { forgetCourse } from '../../../shared/flows/catalogue/catalogue.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { StaffProductView } from '../../../shared/schemas/catalogue/product.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Takes a product off sale. Who has it keeps it, and orders that are placed can still be paid. Withdrawing what is
 * withdrawn already changes nothing.
 */
export const withdrawProduct = http(
  {
    route: 'POST /api/admin/products/{id}/withdraw',
    auth: { may: 'product.withdraw' },
    input: z.strictObject({ id: ProductId, reason: Reason }),
    output: z.object({ product: StaffProductView }),
    errors: ['product.not_found', 'product.change_refused'],
  },
  async ({ input: { id, reason }, user, now, ports, requestId }) => {
    const stored = await ports.database.tx(async (tx) => {
      const before = await products.find(tx, id);
      if (before === null) throw fail('product.not_found');
      const content = await contents.find(tx, id);
      const after = withdraw(before, now);
      if (after !== before) {
        await products.save(tx, after);
        await audit.append(tx, {
          id: `product.withdraw:${id}:${after.version}`,
          ...{ actorId: user.id, action: 'product.withdraw', target: id, reason, now, requestId },
          before,
          after,
        });
      }
      return { product: after, content };
    });
    await forgetCourse(ports, id);
    return { product: staffProductView(stored) };
  },
);
