import * as z from 'zod';
import { event } from '../shared/event.ts';
import { OrderId, QuestionId } from '../shared/schemas/base.ts';

/** An order that pays for a question is paid. Key: the order's id. */
export const questionPaid = event({
  name: 'question.paid',
  version: 1,
  schema: z.object({ questionId: QuestionId, orderId: OrderId }),
  example: { questionId: 'qst_01JD0000000000000000000000', orderId: 'ord_01JD0000000000000000000003' },
});
