import * as z from 'zod';
import * as entitlements from '../../shared/data/access/entitlements.ts';
import * as products from '../../shared/data/catalogue/products.ts';
import { openedParts } from '../../shared/domain/access/access.ts';
import { libraryItem } from '../../shared/domain/catalogue/productView.ts';
import { accessTo } from '../../shared/flows/access/accessTo.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { LibraryPage } from '../../shared/schemas/catalogue/product.ts';

/** How many things a page has at most when nobody says. */
const PAGE_SIZE = 20;

/**
 * Lists what the caller was given and may use now, what came last first, each with its end. A page may be shorter than
 * asked for, because what has ended is left out. What is given meanwhile moves to the front: read on, it may come twice.
 *
 * What is open to members is found by `listProducts`, and the membership itself by `getMembership`.
 */
export const getLibrary = http(
  {
    route: 'GET /api/me/library',
    auth: 'member',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: LibraryPage,
    errors: [],
  },
  async ({ input, user, now, ports }) => {
    const page = await entitlements.lastChangedOf(ports.database, user.id, {
      limit: input.limit ?? PAGE_SIZE,
      cursor: input.cursor ?? null,
    });
    const ids = page.items.map(({ productId }) => productId);
    const found = ids.length === 0 ? [] : await products.findMany(ports.database, ids);
    const access = await accessTo(ports.database, user.id, found, now);
    const usable = found.filter((product) => access(product).mayUse);
    const prices = await todaysPrices(ports, { userId: user.id, products: usable, now });
    const given = new Map(page.items.map((entitlement) => [entitlement.productId, entitlement]));
    const items = usable.map((product) => {
      const parts = openedParts(product, given.get(product.id) ?? null);
      return libraryItem(product, { access: access(product), parts, prices });
    });
    return { items, nextCursor: page.nextCursor };
  },
);
