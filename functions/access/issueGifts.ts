import { giftsBought } from '../../events/giftsBought.ts';
import * as gifts from '../../shared/data/access/gifts.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import { newGift } from '../../shared/domain/access/gift.ts';
import { consumer } from '../../shared/function.ts';

/**
 * Makes a gift of each line of a paid order that is for friends. They claim it by a link, and the buyer gets no access.
 *
 * If a refund has already taken the line back, nobody can claim the gift unless that refund fails.
 */
export const issueGifts = consumer({ on: giftsBought }, async ({ data, tx, now }) => {
  const order = await orders.get(tx, data.orderId);
  for (const line of order.lines) {
    if (line.gifts > 0) await gifts.insert(tx, newGift(order, line, now));
  }
});
