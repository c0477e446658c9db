import * as z from 'zod';
import { event } from '../shared/event.ts';

/** A message is to be sent outside now. Key: `<message>:<how often it was due>`. */
export const messageDue = event({
  name: 'message.due',
  version: 1,
  schema: z.object({ messageId: z.string().max(180) }),
  example: { messageId: 'usr_01JD0000000000000000000001:order_paid:ord_01JD0000000000000000000003' },
});
