import { orderPaid } from '../../events/orderPaid.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells a buyer that an order is paid. One that cost nothing is not told: its buyer has just taken it. */
export const tellPaidOrder = consumer({ on: orderPaid }, async (call) => {
  const { orderId, userId, paidFen } = call.data;
  if (paidFen === 0) return;
  const { lines } = await orders.get(call.ports.database, orderId);
  const title = lines[0]?.title ?? orderId;
  await leaveMessage(call, {
    userId,
    cause: `order_paid:${orderId}`,
    subject: { kind: 'order_paid', orderId, title, lines: lines.length, paidFen },
  });
});
