/** Paid orders and refunds in a world. */
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { requestRefund } from '../../../functions/refunds/requestRefund.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import { NO_ACCESS } from '../../../shared/domain/access/access.ts';
import { recordOpened } from '../../../shared/flows/access/recordOpened.ts';
import { LessonId } from '../../../shared/schemas/base.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import type { World } from '../world.ts';
import { givenProduct } from './course.ts';
import { type Buyer, givenOpened, orderFor, stored } from './order.ts';
import { confirm } from './payment.ts';

/** A paid order of these products, by default one of 99 yuan, after all its effects. */
export async function givenPaid(
  world: World,
  buyer: Buyer,
  wanted: readonly Product[] | null = null,
  coupon: Parameters<typeof orderFor>[2] = null,
): Promise<OrderView> {
  const asked = orderFor(world, wanted ?? [await givenProduct(world)], coupon);
  const { order } = (await world.call(createOrder, asked, { token: buyer.token })).data;
  if (order.state === 'paid') {
    await world.drain();
    return order;
  }
  const answer = confirm(world, buyer, await givenOpened(world, buyer, order));
  if (answer !== 'requestPayment:ok') throw new Error(answer);
  await world.drain();
  return stored(world, orders.collection, order.id);
}

/** The buyer opens the first lesson of each of these courses. */
export async function givenStudied(
  world: World,
  { userId }: Buyer,
  products: readonly Product[],
): Promise<void> {
  for (const product of products) {
    const what = LessonId.parse(world.ports.ids.make('les'));
    const access = {
      ...NO_ACCESS,
      mayUse: true,
      untilAtMs: null,
      besideUntilAtMs: null,
      ownedUntilAtMs: null,
    };
    const opened = {
      userId,
      product,
      access,
      what,
      isDownload: false,
      refusal: async () => new Error('not owned'),
    };
    await recordOpened(world.ports, opened, world.clock.now());
  }
}

/** A new refund id, as a client makes it. */
export function newRefundId(world: World): string {
  return world.ports.ids.make('rfd');
}

/** Asks for a refund as the mini-program does: of everything that is left, or of these products. */
export function askBack(
  world: World,
  buyer: Buyer,
  order: Pick<OrderView, 'id'>,
  shownFen: number,
  changes: Readonly<Record<string, unknown>> = {},
) {
  const asked = {
    orderId: order.id,
    refundId: newRefundId(world),
    productIds: null,
    words: '不想学了',
    shownFen,
  };
  return world.call(requestRefund, { ...asked, ...changes }, { token: buyer.token });
}
