import * as z from 'zod';
import { openedParts } from '../../shared/domain/access/access.ts';
import { libraryItem } from '../../shared/domain/catalogue/productView.ts';
import { usablePage } from '../../shared/flows/access/usablePage.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { LibraryPage, ProductKind } from '../../shared/schemas/catalogue/product.ts';

/** How many things a page has at most when nobody says. */
const PAGE_SIZE = 20;

/**
 * Lists what the caller was given and may use now, what came last first, each with its end. A page may be shorter than
 * asked for, because what has ended is left out. What is given meanwhile moves to the front: read on, it may come twice.
 *
 * With `kind`, only what is of that kind. Pages that would be empty are skipped.
 *
 * What is open to members is found by `listProducts`, and the membership itself by `getMembership`.
 */
export const getLibrary = http(
  {
    route: 'GET /api/me/library',
    auth: 'member',
    input: z.strictObject({ kind: ProductKind.optional(), cursor: Cursor.optional(), limit: PageSize }),
    output: LibraryPage,
    errors: [],
  },
  async ({ input: { kind = null, cursor = null, limit = PAGE_SIZE }, user, now, ports }) => {
    const { page, usable, access } = await usablePage(ports.database, user.id, { kind, cursor, limit, now });
    const prices = await todaysPrices(ports, { userId: user.id, products: usable, now });
    const given = new Map(page.items.map((entitlement) => [entitlement.productId, entitlement]));
    const items = usable.map((product) => {
      const parts = openedParts(product, given.get(product.id) ?? null);
      return libraryItem(product, { access: access(product), parts, prices });
    });
    return { items, nextCursor: page.nextCursor };
  },
);
