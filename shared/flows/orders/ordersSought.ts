import * as orders from '../../data/orders/orders.ts';
import { fail } from '../../errors.ts';
import type { Page, Reader } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { UserId } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import { havingWords } from '../catalogue/productsCalled.ts';
import { filteredPage } from '../filteredPage.ts';
import { usersCalled } from '../identity/usersCalled.ts';

/** The orders of at most so many people are shown together: so many values a query may have. */
const BUYERS_MAX = 50;

type Within = Pick<orders.OrderFilter, 'fromAtMs' | 'untilAtMs'>;

interface PageAsked {
  readonly limit: number;
  readonly cursor: string | null;
}

/**
 * One page of the orders of people who are called so, newest first.
 * @throws search.too_wide when these are more than 50; request.invalid for a cursor of another search
 */
async function ordersOfBuyers(
  ports: Pick<Ports, 'database' | 'secrets'>,
  words: string,
  page: PageAsked,
): Promise<Page<Order>> {
  const ids = new Set<UserId>();
  let cursor: string | null = null;
  do {
    const people = await usersCalled(ports, { words, isNarrow: false, limit: BUYERS_MAX, cursor });
    for (const { id } of people.items) ids.add(id);
    if (ids.size > BUYERS_MAX) throw fail('search.too_wide', { params: { max: BUYERS_MAX } });
    cursor = people.nextCursor;
  } while (cursor !== null);
  return ids.size === 0 ? { items: [], nextCursor: null } : orders.ofUsers(ports.database, [...ids], page);
}

/**
 * One page of the orders with all of these words in the title of one product, as it was when it was bought, newest
 * first. It reads orders one after the other, some thousands for an answer. So a page may be empty and have a next one.
 * @throws request.invalid for a cursor of another search
 */
function ordersWithTitle(
  reader: Pick<Reader, 'list'>,
  { title: words, ...within }: Within & { readonly title: string },
  { limit, cursor }: PageAsked,
): Promise<Page<Order>> {
  const isSought = havingWords(words);
  return filteredPage(
    (from) => orders.list(reader, within, { limit, cursor: from }),
    ({ lines }) => lines.some(({ title }) => isSought(title)),
    { limit, cursor },
  );
}

/**
 * One page of the orders that are sought by their number, their buyer, or the title of a product.
 * @throws search.too_wide, request.invalid
 */
export function ordersSought(
  ports: Pick<Ports, 'database' | 'secrets'>,
  by: { readonly number: string } | { readonly buyer: string } | (Within & { readonly title: string }),
  page: PageAsked,
): Promise<Page<Order>> {
  if ('number' in by) return orders.numberedFrom(ports.database, by.number, page);
  if ('buyer' in by) return ordersOfBuyers(ports, by.buyer, page);
  return ordersWithTitle(ports.database, by, page);
}
