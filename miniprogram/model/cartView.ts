/** The cart: what is in it, what is counted, and why something is not. */
import { yuan } from '../../client/fen.ts';
import type { CartView } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceDay } from './deviceTime.ts';

/** One thing in the cart. */
export interface CartItemView {
  readonly id: string;
  readonly title: string;
  readonly coverUrl: string;
  readonly price: string;
  /** The list price; empty when it is the price. */
  readonly listPrice: string;
  /** Where the price comes from, or why it is not counted; may be empty. */
  readonly note: string;
  readonly isCounted: boolean;
}

/** The cart as a page shows it. */
export interface CartPageView {
  readonly items: readonly CartItemView[];
  readonly countedIds: readonly string[];
  readonly total: string;
  readonly saved: string;
  readonly isEmpty: boolean;
}

type Item = CartView['items'][number];

function whyNotCounted({ isOnSale, isOwned, isInBundle, untilAtMs }: Item, nowMs: number): string {
  if (!isOnSale) return '已下架';
  if (isInBundle) return '已包含在购物车的套餐里';
  if (isOwned) return untilAtMs === null ? '已拥有' : `已拥有，有效至 ${deviceDay(untilAtMs, nowMs)}`;
  return '';
}

/** One thing in the cart. */
export function cartItem(item: Item, nowMs: number): CartItemView {
  const { productId, title, coverUrl, listFen, price } = item;
  const why = whyNotCounted(item, nowMs);
  return {
    ...{ id: productId, title, coverUrl },
    price: yuan(price.priceFen),
    listPrice: price.priceFen < listFen ? yuan(listFen) : '',
    note: why === '' && price.source !== 'list' ? words.priceSource[price.source] : why,
    isCounted: why === '',
  };
}

/** The whole cart. */
export function cartPage({ items, listTotalFen, totalFen }: CartView, nowMs: number): CartPageView {
  const shown = items.map((item) => cartItem(item, nowMs));
  return {
    items: shown,
    countedIds: shown.flatMap(({ id, isCounted }) => (isCounted ? [id] : [])),
    total: yuan(totalFen),
    saved: totalFen < listTotalFen ? `已优惠 ${yuan(listTotalFen - totalFen)}` : '',
    isEmpty: items.length === 0,
  };
}
