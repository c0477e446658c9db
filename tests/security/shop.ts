/** The steps of a buyer up to a paid order, over HTTP and on the phone. */

import { makeId } from '../../client/id.ts';
import { PhonePaymentView } from '../../shared/schemas/payments/payment.ts';
import { seeded } from '../support/seeded.ts';
import type { Person } from './people.ts';
import { at, type Received, type Stack, textAt } from './stack.ts';

const random = seeded(20_261_123);

/** A new id. */
export function newId(prefix: 'ord' | 'adj' | 'tpl' | 'prd'): string {
  return makeId(prefix, Date.now(), random);
}

/** The id and the price of a course that costs something. */
export async function courseOf(
  stack: Stack,
): Promise<{ readonly productId: string; readonly listFen: number }> {
  const { json } = await stack.send({ method: 'GET', target: '/api/courses?limit=50' });
  const items = at(json, 'data', 'items');
  const course = (Array.isArray(items) ? items : []).find((one: unknown) => Number(at(one, 'listFen')) > 0);
  return { productId: textAt(course, 'id'), listFen: Number(at(course, 'listFen')) };
}

/** Places an order for a course, and returns the answer, whatever it is. */
export async function order(
  stack: Stack,
  { token }: Person,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Received> {
  const { productId, listFen } = await courseOf(stack);
  const body = {
    orderId: newId('ord'),
    lines: [{ productId }],
    couponId: null,
    shownFen: listFen,
    ...changes,
  };
  return stack.send({ method: 'POST', target: '/api/orders', token, body });
}

/**
 * Orders, opens the payment, and confirms it on the phone. Answers the order's id once the shop knows of the payment.
 */
export async function buy(stack: Stack, person: Person): Promise<string> {
  const placed = await order(stack, person);
  const orderId = textAt(placed.json, 'data', 'order', 'id');
  const { token } = person;
  const opened = await stack.send({ method: 'POST', target: `/api/orders/${orderId}/pay`, token, body: {} });
  const payment = PhonePaymentView.parse(at(opened.json, 'data', 'payment'));
  const openid = stack.simulators.weixin.openidOf(person.name);
  if (payment.rail !== 'wxpay') throw new Error('that order is paid in another way');
  const { errMsg } = stack.simulators.wechatPay.phone.pay({ ...payment, openid }, 'confirm');
  if (errMsg !== 'requestPayment:ok') throw new Error(errMsg);
  await stack.store.until(() => at(stack.store.document('orders', orderId), 'state') === 'paid');
  return orderId;
}
