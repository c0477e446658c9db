import { refundSucceeded } from '../../events/refundSucceeded.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells a buyer that money of an order is back, whoever asked for it. */
export const tellRefund = consumer({ on: refundSucceeded }, async (call) => {
  const { refundId, orderId, userId, refundFen } = call.data;
  const order = await orders.get(call.ports.database, orderId);
  const title = order.lines[0]?.title ?? orderId;
  await leaveMessage(call, {
    userId,
    cause: `refund_succeeded:${refundId}`,
    subject: { kind: 'refund_succeeded', orderId, title, refundFen },
  });
});
