import * as z from 'zod';
import { event } from '../shared/event.ts';
import { ProductId, UserId } from '../shared/schemas/base.ts';

/** Somebody has a certificate for the first time. Key: `<user id>:<product id>`. */
export const certificateIssued = event({
  name: 'certificate.issued',
  version: 1,
  schema: z.object({ userId: UserId, productId: ProductId, title: z.string().max(120) }),
  example: {
    userId: 'usr_01JD0000000000000000000001',
    productId: 'prd_01JD0000000000000000000002',
    title: 'TypeScript 入门',
  },
});
