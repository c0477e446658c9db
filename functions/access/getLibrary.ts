import * as z from 'zod';
import * as products from '../../shared/data/catalogue/products.ts';
import { openedParts } from '../../shared/domain/access/access.ts';
import { libraryItem } from '../../shared/domain/catalogue/productView.ts';
import { usablePage } from '../../shared/flows/access/usablePage.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { LibraryPage } from '../../shared/schemas/catalogue/product.ts';
import { ShelfKind } from '../../shared/schemas/catalogue/productKind.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/**
 * Lists what the caller was given and may use now, the newest first, each with the time when it ends.
 *
 * `kind` keeps only products of that kind. Ended access is left out, so a page may be shorter than `limit`; empty pages
 * are skipped. An item that is given while the caller reads on moves to the front and may appear twice.
 *
 * The list does not repeat what a membership opens: `listProducts` finds that, and `getMembership` shows the
 * membership.
 */
export const getLibrary = http(
  {
    route: 'GET /api/me/library',
    auth: 'member',
    input: z.strictObject({ kind: ShelfKind.optional(), cursor: Cursor.optional(), limit: PageSize }),
    output: LibraryPage,
    errors: [],
  },
  async ({ input: { kind = null, cursor = null, limit = PAGE_SIZE }, user, now, ports }) => {
    const { page, usable, access } = await usablePage(ports.database, user.id, { kind, cursor, limit, now });
    const prices = await todaysPrices(ports, { userId: user.id, products: usable, now });
    const given = new Map(page.items.map((entitlement) => [entitlement.productId, entitlement]));
    const opened = usable.map((product) => ({
      product,
      partIds: openedParts(product, given.get(product.id) ?? null),
    }));
    const partIds = [...new Set(opened.flatMap((each) => each.partIds))];
    const parts = new Map((await products.findMany(ports.database, partIds)).map((part) => [part.id, part]));
    const items = opened.map(({ product, partIds }) =>
      libraryItem(product, {
        ...{ access: access(product), prices },
        parts: partIds.flatMap((id) => parts.get(id) ?? []),
      }),
    );
    return { items, nextCursor: page.nextCursor };
  },
);
