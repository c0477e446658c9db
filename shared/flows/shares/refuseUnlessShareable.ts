import { isOnSale } from '../../domain/catalogue/product.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { ArticleId, ProductId, type TimeMs } from '../../schemas/base.ts';
import type { ShareTarget } from '../../schemas/shares/share.ts';
import { findProduct } from '../catalogue/catalogue.ts';
import { shownArticle } from '../talk/shownArticle.ts';

/**
 * Refuses a link to what others would not see: a product that is not on sale, an article that is not published.
 * @throws product.not_found, article.not_found
 */
export async function refuseUnlessShareable(ports: Ports, target: ShareTarget, now: TimeMs): Promise<void> {
  if (target === 'shop') return;
  const article = ArticleId.safeParse(target);
  if (article.success) {
    if ((await shownArticle(ports, article.data)) === null) throw fail('article.not_found');
    return;
  }
  const shown = await findProduct(ports, ProductId.parse(target));
  if (shown === null || !isOnSale(shown.product, now)) throw fail('product.not_found');
}
