import * as entitlements from '../../data/access/entitlements.ts';
import * as products from '../../data/catalogue/products.ts';
import type { Page, Reader } from '../../ports/database.ts';
import type { Entitlement } from '../../schemas/access/entitlement.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { ShelfKind } from '../../schemas/catalogue/productKind.ts';
import { accessTo } from './accessTo.ts';

/** How many pages with nothing to show are skipped before a result is returned. */
const EMPTY_PAGES_MAX = 20;

/** A page of a user's entitlements, and the products among them that the user may use now. */
export interface UsablePage {
  readonly page: Page<Entitlement>;
  readonly usable: readonly Product[];
  readonly access: Awaited<ReturnType<typeof accessTo>>;
}

/**
 * The first page from the cursor on that has something the user may use now, of one kind or of all (null). A page is
 * empty only at the end, or after EMPTY_PAGES_MAX pages in a row without anything to show.
 */
export async function usablePage(
  reader: Reader,
  userId: UserId,
  asked: {
    readonly kind: ShelfKind | null;
    readonly cursor: string | null;
    readonly limit: number;
    readonly now: TimeMs;
  },
): Promise<UsablePage> {
  const { kind, limit, now } = asked;
  let { cursor } = asked;
  for (let empty = 0; ; empty += 1) {
    const page = await entitlements.lastChangedOf(reader, userId, { limit, cursor });
    const ids = page.items.map(({ productId }) => productId);
    const found = await products.findMany(reader, ids);
    const ofKind = found.filter((product) => kind === null || product.kind === kind);
    const access = await accessTo(reader, userId, ofKind, now);
    const usable = ofKind.filter((product) => access(product).mayUse);
    cursor = page.nextCursor;
    if (usable.length > 0 || cursor === null || empty === EMPTY_PAGES_MAX) return { page, usable, access };
  }
}
