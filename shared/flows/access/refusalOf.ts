import { pricesOf } from '../../domain/catalogue/productView.ts';
import { type AppError, fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import { todaysPrices } from '../pricing/todaysPrices.ts';

/** The error for a user who may not open a product: the product to buy, with the usual price fields. */
export async function refusalOf(
  code: 'lesson.not_owned' | 'product.not_owned',
  ports: Pick<Ports, 'database' | 'cache'>,
  asked: { readonly product: Product; readonly userId: UserId | null; readonly now: TimeMs },
  more: Readonly<Record<string, unknown>> = {},
): Promise<AppError> {
  const { product, userId, now } = asked;
  const prices = await todaysPrices(ports, { userId, products: [product], now });
  return fail(code, { params: { productId: product.id, ...pricesOf(product, prices), ...more } });
}
