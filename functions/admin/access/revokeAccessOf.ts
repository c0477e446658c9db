import * as z from 'zod';
import * as entitlements from '../../../shared/data/access/entitlements.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { revokeByStaff, staffEntitlementView } from '../../../shared/domain/access/entitlement.ts';
import { http } from '../../../shared/function.ts';
import { SourceId, StaffEntitlementView } from '../../../shared/schemas/access/entitlement.ts';
import { ProductId, UserId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Takes back access that came from a gift, a code or staff. Access that follows it starts earlier accordingly.
 *
 * Access from an order goes back by a refund instead, and access paid with points stays. The gift or code still counts
 * as used. Safe to repeat.
 */
export const revokeAccessOf = http(
  {
    route: 'POST /api/admin/access/{userId}/revoke',
    auth: { may: 'access.grant' },
    input: z.strictObject({ userId: UserId, productId: ProductId, sourceId: SourceId, reason: Reason }),
    output: z.object({ entitlement: StaffEntitlementView }),
    errors: ['access.not_found', 'access.not_revocable'],
  },
  async ({ input: { userId, productId, sourceId, reason }, user, now, ports, requestId }) => {
    const entitlement = await ports.database.tx(async (tx) => {
      const before = await entitlements.find(tx, userId, productId);
      const after = revokeByStaff(before, sourceId, now);
      if (after === before) return after;
      await entitlements.save(tx, before, after);
      await audit.append(tx, {
        id: `access.revoke:${userId}:${productId}:${sourceId}`,
        ...{ actorId: user.id, action: 'access.revoke', target: userId, reason, now, requestId },
        before: { productId, sourceId, state: 'active' },
        after: { productId, sourceId, state: 'revoked' },
      });
      return after;
    });
    return { entitlement: staffEntitlementView(entitlement) };
  },
);
