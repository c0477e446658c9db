import * as z from 'zod';
import * as payments from '../../../shared/data/payments/payments.ts';
import * as receipts from '../../../shared/data/payments/receipts.ts';
import { receiptId } from '../../../shared/domain/payments/settlement.ts';
import { fail } from '../../../shared/errors.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { http } from '../../../shared/function.ts';
import { pasted } from '../../../shared/schemas/base.ts';
import { PaymentRow } from '../../../shared/schemas/orders/staffOrder.ts';
import { Receipt } from '../../../shared/schemas/payments/payment.ts';

/**
 * Finds money by the rail's transaction number, which buyers see in their WeChat bill.
 *
 * The answer has the money that came, even if it came too late or twice, and the payment of its order. The audit log
 * records who looked.
 */
export const findPayment = http(
  {
    route: 'GET /api/admin/payments/{transactionId}',
    auth: { may: 'order.view' },
    input: z.strictObject({ transactionId: pasted(/^[0-9A-Za-z_-]{1,64}$/) }),
    output: z.object({ receipt: Receipt, payment: PaymentRow }),
    errors: ['payment.not_found'],
  },
  async (call) => {
    const {
      input: { transactionId },
      ports,
    } = call;
    const ids = (['wxpay', 'xpay'] as const).map((rail) => receiptId({ rail, transactionId }));
    const [receipt] = await receipts.findMany(ports.database, ids);
    if (receipt === undefined) throw fail('payment.not_found');
    const payment = await payments.get(ports.database, receipt.orderId);
    await logReading(call, { action: 'payment.read', target: receipt.orderId, reason: null });
    return { receipt, payment };
  },
);
