import * as z from 'zod';
import * as payments from '../../../shared/data/payments/payments.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { PaymentPage } from '../../../shared/schemas/orders/staffOrder.ts';
import { PaymentStatus } from '../../../shared/schemas/payments/payment.ts';

/**
 * Lists the payments in a state, newest first, by default those that succeeded.
 *
 * `late` is money that came after its order was closed. `findPayment` finds one payment by the rail's number.
 * `getAnyOrder` shows its whole history.
 */
export const listPayments = http(
  {
    route: 'GET /api/admin/payments',
    auth: { may: 'order.view' },
    input: z.strictObject({ state: PaymentStatus.optional(), limit: PageSize, cursor: Cursor.optional() }),
    output: PaymentPage,
    errors: [],
  },
  async ({ input: { state = 'success', limit = 20, cursor = null }, ports }) => {
    const page = await payments.inState(ports.database, state, { limit, cursor });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
