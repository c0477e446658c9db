import * as z from 'zod';
import { event } from '../shared/event.ts';
import { ProductId, TimeMs, UserId } from '../shared/schemas/base.ts';
import { AccessRule, MembershipPlan } from '../shared/schemas/product.ts';

/** Points were spent on a product. Key: the redemption's id. */
export const productRedeemed = event({
  name: 'product.redeemed',
  version: 1,
  schema: z.object({
    redemptionId: z.string().min(1).max(40),
    userId: UserId,
    productId: ProductId,
    access: AccessRule,
    plan: MembershipPlan.nullable(),
    atMs: TimeMs,
  }),
  example: {
    redemptionId: 'rdm_01JD0000000000000000000007',
    userId: 'usr_01JD0000000000000000000001',
    productId: 'prd_01JD0000000000000000000002',
    access: { kind: 'forever' },
    plan: null,
    atMs: 1_795_000_000_000,
  },
});
