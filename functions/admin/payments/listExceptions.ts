import * as z from 'zod';
import * as paymentExceptions from '../../../shared/data/payments/paymentExceptions.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { TrackedException, TrackedExceptionPage } from '../../../shared/schemas/payments/payment.ts';

/**
 * Lists exceptions, which is money that came in and was wrong. Oldest first, by default those that are not resolved.
 */
export const listExceptions = http(
  {
    route: 'GET /api/admin/payment-exceptions',
    auth: { may: 'order.view' },
    input: z.strictObject({
      state: TrackedException.shape.state.optional(),
      limit: PageSize,
      cursor: Cursor.optional(),
    }),
    output: TrackedExceptionPage,
    errors: [],
  },
  async ({ input: { state = 'open', limit = 20, cursor = null }, ports }) => {
    const page = await paymentExceptions.inState(ports.database, state, { limit, cursor });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
