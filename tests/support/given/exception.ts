/** Exceptions: money that came and was wrong. */
import { payNotify } from '../../../functions/payments/payNotify.ts';
import * as paymentExceptions from '../../../shared/data/payments/paymentExceptions.ts';
import type { TrackedException } from '../../../shared/schemas/payments/payment.ts';
import type { World } from '../world.ts';
import { givenOpened, givenOrder } from './order.ts';
import { noticeOf, paidWords } from './payment.ts';

/** Somebody pays one fen for their order. Answers the stored exception. */
export async function givenException(world: World, name = 'alice'): Promise<TrackedException> {
  const buyer = await world.login(name);
  const order = await givenOrder(world, buyer);
  await givenOpened(world, buyer, order);
  const amount = { total: 1, payer_total: 1, currency: 'CNY' };
  await world.call(payNotify, noticeOf(world, paidWords(world, buyer, order, { amount })));
  const [exception] = await paymentExceptions.ofOrder(world.ports.database, order.id);
  if (exception === undefined) throw new Error('nothing was written down');
  return exception;
}
