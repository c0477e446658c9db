import * as z from 'zod';
import * as products from '../../shared/data/catalogue/products.ts';
import { productCard } from '../../shared/domain/catalogue/productView.ts';
import { articleView } from '../../shared/domain/talk/article.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { fail } from '../../shared/errors.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { shownArticle } from '../../shared/flows/talk/shownArticle.ts';
import { http } from '../../shared/function.ts';
import { ArticleId } from '../../shared/schemas/base.ts';
import { ArticleView, productsIn } from '../../shared/schemas/talk/article.ts';

/** Shows a published article, with its products that are on sale, priced for the caller. It may be a minute old. */
export const getArticle = http(
  {
    route: 'GET /api/articles/{id}',
    auth: 'optional',
    input: z.strictObject({ id: ArticleId }),
    output: z.object({ article: ArticleView }),
    errors: ['feature.off', 'article.not_found'],
  },
  async ({ input: { id }, user, now, ports }) => {
    needFeature(ports.settings.talk, 'articles', 'read');
    const article = await shownArticle(ports, id);
    if (article === null) throw fail('article.not_found');
    const found = await products.findMany(ports.database, productsIn(article.blocks));
    const prices = await todaysPrices(ports, { userId: user?.id ?? null, products: found, now });
    return { article: articleView(article, found, (product) => productCard(product, prices)) };
  },
);
