/** Prices as people read them. */
import { shortYuan } from '../../client/fen.ts';
import type { Fen, TodaysPrice } from '../../client/types.ts';
import { words } from '../../client/words.ts';

/** What the part `price` shows. */
export interface PriceView {
  /** `¥99`, or `免费`. */
  readonly now: string;
  /** What it costs without any offer, struck through; empty when that is the price. */
  readonly was: string;
  /** Which offer makes the difference; empty for none. */
  readonly tag: string;
  /** Everything in one sentence, for who listens. */
  readonly label: string;
}

/** A price and what it was, with the name of the offer. */
export function priceView(nowFen: Fen, listFen: Fen, offer: string): PriceView {
  const now = nowFen === 0 ? '免费' : shortYuan(nowFen);
  const was = nowFen < listFen ? shortYuan(listFen) : '';
  const tag = was === '' ? '' : offer;
  const label = was === '' ? `价格${now}` : `${offer}${now}，原价${was}`;
  return { now, was, tag, label };
}

/** What a product costs the caller today. */
export function priceOf({
  listFen,
  price,
}: {
  readonly listFen: Fen;
  readonly price: TodaysPrice;
}): PriceView {
  const offer =
    price.source === 'list' ? (price.ownedFen > 0 ? '补差价' : '') : words.priceSource[price.source];
  return priceView(price.priceFen, listFen, offer);
}
