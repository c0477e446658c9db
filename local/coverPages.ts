/** Serves the covers that a laptop draws, one for each product. */
import * as categories from '../shared/data/catalogue/categories.ts';
import * as products from '../shared/data/catalogue/products.ts';
import type { Database } from '../shared/ports/database.ts';
import type { HttpResponse } from '../shared/runtime/exchange.ts';
import { ProductId } from '../shared/schemas/base.ts';
import { drawCover } from './covers.ts';
import { SHARED_HEADERS } from './pageHeaders.ts';

/** Stores of earlier builds name a `.jpg`. */
const PATH = /^\/covers\/(prd_[0-9A-Z]{26})\.(?:svg|jpg)$/;

/** How long a browser keeps a cover. A title that staff change is seen after this. */
const KEPT = 'public, max-age=300';

/** The cover at `/covers/<product>.svg`; null for any other path, and for a product that does not exist. */
export function createCovers(database: Database): (path: string) => Promise<HttpResponse | null> {
  return async (path) => {
    const id = ProductId.safeParse(PATH.exec(path)?.[1]);
    const product = id.success ? await products.find(database, id.data) : null;
    if (product === null) return null;
    const category = await categories.find(database, product.category);
    const body = drawCover({ ...product, categoryTitle: category?.title ?? '' });
    const headers = { ...SHARED_HEADERS, 'content-type': 'image/svg+xml', 'cache-control': KEPT };
    return {
      status: 200,
      // A cover that is opened as a page of its own runs nothing.
      headers: { ...headers, 'content-security-policy': "default-src 'none'" },
      body,
    };
  };
}
