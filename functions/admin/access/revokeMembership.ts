import * as z from 'zod';
import * as memberships from '../../../shared/data/access/memberships.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { revocableGrant, withGrant } from '../../../shared/domain/access/membership.ts';
import { fail } from '../../../shared/errors.ts';
import { showMembership } from '../../../shared/flows/access/showMembership.ts';
import { http } from '../../../shared/function.ts';
import { SourceId } from '../../../shared/schemas/access/entitlement.ts';
import { MembershipView } from '../../../shared/schemas/access/membership.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Takes back membership that came from a gift, a code or staff. Membership that follows it starts earlier accordingly.
 *
 * `grantId` is the `sourceId` of the grant. Membership from an order goes back by a refund instead, and membership paid
 * with points stays. Safe to repeat.
 */
export const revokeMembership = http(
  {
    route: 'POST /api/admin/memberships/{userId}/revoke',
    auth: { may: 'membership.grant' },
    input: z.strictObject({ userId: UserId, grantId: SourceId, reason: Reason }),
    output: MembershipView,
    errors: ['membership.grant_not_found', 'access.not_revocable'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const { userId, grantId, reason } = input;
    await ports.database.tx(async (tx) => {
      const before = await memberships.find(tx, userId);
      if (before === null) throw fail('membership.grant_not_found');
      const { sourceId, productId } = revocableGrant(before, grantId);
      const after = withGrant(before, { sourceId, productId }, 'revoked', now);
      if (after === before) return;
      await memberships.save(tx, before, after);
      await audit.append(tx, {
        id: `membership.revoke:${userId}:${grantId}`,
        ...{ actorId: user.id, action: 'membership.revoke', target: userId, reason, now, requestId },
        before: { grantId, state: 'active' },
        after: { grantId, state: 'revoked' },
      });
    });
    return showMembership(ports, userId, now);
  },
);
