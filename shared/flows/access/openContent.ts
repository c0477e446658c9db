import { type Access, NO_ACCESS } from '../../domain/access/access.ts';
import { maySee } from '../../domain/catalogue/course.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ProductId, TimeMs } from '../../schemas/base.ts';
import type { Content, Product } from '../../schemas/catalogue/product.ts';
import type { Caller } from '../../schemas/identity/caller.ts';
import { findProduct } from '../catalogue/catalogue.ts';
import { accessToOne } from './accessTo.ts';
import { recordOpened } from './recordOpened.ts';
import { refusalOf } from './refusalOf.ts';

/**
 * The paid content of a product of this kind, for a user who may use it. The opening is recorded before the content
 * is returned. Anybody else gets an error with the product, its price and its free preview.
 * @throws product.not_found, product.not_owned
 */
export async function openContent(
  ports: Ports,
  asked: {
    readonly kind: 'content' | 'media';
    readonly productId: ProductId;
    readonly user: Caller | null;
    readonly isDownload: boolean;
    readonly now: TimeMs;
  },
): Promise<{ readonly product: Product; readonly content: Content; readonly access: Access }> {
  const { kind, productId, user, isDownload, now } = asked;
  const shown = await findProduct(ports, productId);
  if (shown?.product.kind !== kind || shown.content === null) throw fail('product.not_found');
  const { product, content } = shown;
  const access = user === null ? NO_ACCESS : await accessToOne(ports.database, user.id, product, now);
  if (!maySee(product, access.mayUse)) throw fail('product.not_found');
  const { preview } = content;
  const refusal = () =>
    refusalOf('product.not_owned', ports, { product, userId: user?.id ?? null, now }, { preview });
  if (user === null || !access.mayUse) throw await refusal();
  const isFileOut = isDownload && content.mediaKey !== null;
  const opened = { userId: user.id, product, access, what: productId, isDownload: isFileOut, refusal };
  await recordOpened(ports, opened, now);
  return { product, content, access };
}
