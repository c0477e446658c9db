import { many } from '../../data/collection.ts';
import * as couponStocks from '../../data/coupons/couponStocks.ts';
import * as couponTemplates from '../../data/coupons/couponTemplates.ts';
import { staffDropView } from '../../domain/talk/drop.ts';
import type { Reader } from '../../ports/database.ts';
import type { Drop, StaffDropView } from '../../schemas/talk/drop.ts';

/** Drops as staff see them, each counted now. Only the stock of an open drop is read. */
export async function staffDropsOf(reader: Reader, found: readonly Drop[]): Promise<StaffDropView[]> {
  const open = found.filter(({ state }) => state === 'published');
  const templates = await many(
    reader,
    couponTemplates.collection,
    open.map(({ templateId }) => templateId),
  );
  const stocks = await Promise.all(templates.map((template) => couponStocks.ofTemplate(reader, template)));
  return found.map((drop) => staffDropView(drop, stocks.flat()));
}
