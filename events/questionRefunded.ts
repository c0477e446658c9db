import * as z from 'zod';
import { event } from '../shared/event.ts';
import { OrderId, QuestionId } from '../shared/schemas/base.ts';

/** Money of an order that paid for a question has reached the buyer again. Key: the refund's id. */
export const questionRefunded = event({
  name: 'question.refunded',
  version: 1,
  schema: z.object({ questionId: QuestionId, orderId: OrderId }),
  example: { questionId: 'qst_01JD0000000000000000000000', orderId: 'ord_01JD0000000000000000000003' },
});
