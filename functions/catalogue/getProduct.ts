import * as z from 'zod';
import { NO_ACCESS } from '../../shared/domain/access/access.ts';
import { maySee } from '../../shared/domain/catalogue/course.ts';
import { fail } from '../../shared/errors.ts';
import { accessToOne } from '../../shared/flows/access/accessTo.ts';
import { findProduct } from '../../shared/flows/catalogue/catalogue.ts';
import { http } from '../../shared/function.ts';
import { ProductId } from '../../shared/schemas/base.ts';
import { ProductView } from '../../shared/schemas/catalogue/product.ts';

/**
 * Shows a product of any kind: its prices and terms, what is in it, when money goes back by itself, and what the caller
 * has of it. The lessons of a course are shown by `getCourse`.
 *
 * What was withdrawn is shown to who may use it and does not exist for others.
 */
export const getProduct = http(
  {
    route: 'GET /api/products/{id}',
    auth: 'optional',
    input: z.strictObject({ id: ProductId }),
    output: ProductView,
    errors: ['product.not_found'],
  },
  async ({ input, user, now, ports }) => {
    const shown = await findProduct(ports, input.id);
    if (shown === null) throw fail('product.not_found');
    const { product, view } = shown;
    const access = user === null ? NO_ACCESS : await accessToOne(ports.database, user.id, product, now);
    const { mayUse: isOwned, untilAtMs } = access;
    if (!maySee(product, isOwned)) throw fail('product.not_found');
    return user === null ? view : { ...view, owned: { isOwned, untilAtMs } };
  },
);
