import * as z from 'zod';
import { shownSales } from '../../shared/flows/pricing/flashSales.ts';
import { http } from '../../shared/function.ts';
import { FlashSaleView } from '../../shared/schemas/pricing/promotion.ts';

/**
 * Lists the flash sales that run or are to come, soonest end first, with the places that are left.
 *
 * The answer may be two seconds old. Whether there is a place is decided with the order.
 */
export const listFlashSales = http(
  {
    route: 'GET /api/promotions/flash-sales',
    auth: 'public',
    input: z.strictObject({}),
    output: z.object({ items: z.array(FlashSaleView) }),
    errors: [],
    cacheMs: 2_000,
  },
  async ({ now, ports }) => ({ items: await shownSales(ports.database, now) }),
);
