/** Gifts for tests, as a paid order makes them. */
import { giftsBought } from '../../../events/giftsBought.ts';
import { listGifts } from '../../../functions/access/listGifts.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { fact } from '../../../shared/event.ts';
import type { MyGiftView } from '../../../shared/schemas/access/gift.ts';
import type { Order, PricedLine } from '../../../shared/schemas/orders/order.ts';
import type { World } from '../world.ts';
import { givenFact } from './fact.ts';
import { type Buyer, givenOpened, newOrderId } from './order.ts';
import { givenPaidOrder } from './paid.ts';
import { confirm } from './payment.ts';
import { givenSold } from './products.ts';

/** Stores the event of a paid order with gifts. Answers the event's id for `deliver`. */
export function givenPaidNews(world: World, order: Order): Promise<string> {
  return givenFact(world, fact(giftsBought, order.id, { orderId: order.id }));
}

/** A gift that this buyer has paid for, for this many friends. Answers the order, and the gift as its buyer sees it. */
export async function givenGift(
  world: World,
  buyer: Buyer,
  count: number,
  wishes: Partial<PricedLine> = {},
): Promise<{ readonly order: Order; readonly gift: MyGiftView }> {
  const { id: productId, kind, title } = await givenSold(world, 'media');
  const order = await givenPaidOrder(world, buyer.userId, [
    { productId, kind, title, gifts: count, ...wishes },
  ]);
  await world.deliver('issueGifts', await givenPaidNews(world, order));
  const { data } = await world.call(listGifts, {}, buyer);
  const gift = data.items.find(({ orderId }) => orderId === order.id);
  if (gift === undefined) throw new Error('no gift was made');
  return { order, gift };
}

/** A gift of an audio for `gifts` friends, bought and paid in the normal way. Answers its link. */
export async function givenBoughtGift(world: World, buyer: Buyer, gifts: number): Promise<MyGiftView> {
  const { id: productId, listFen } = await givenSold(world, 'media');
  const asked = { orderId: newOrderId(world), lines: [{ productId, gifts }], couponId: null };
  const { order } = (await world.call(createOrder, { ...asked, shownFen: gifts * listFen }, buyer)).data;
  confirm(world, buyer, await givenOpened(world, buyer, order));
  await world.drain();
  const { data } = await world.call(listGifts, {}, buyer);
  const gift = data.items.find(({ orderId }) => orderId === order.id);
  if (gift === undefined) throw new Error('no gift was made');
  return gift;
}
