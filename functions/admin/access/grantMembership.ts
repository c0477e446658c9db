import * as z from 'zod';
import * as memberships from '../../../shared/data/access/memberships.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { addByStaff, noMembership } from '../../../shared/domain/access/membership.ts';
import { fail } from '../../../shared/errors.ts';
import { showMembership } from '../../../shared/flows/access/showMembership.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { http } from '../../../shared/function.ts';
import {
  MembershipLength,
  MembershipScope,
  MembershipView,
} from '../../../shared/schemas/access/membership.ts';
import { MembershipGrantId, UserId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Gives somebody membership for some days or months, starting now or at the end of the membership that they have.
 *
 * The client makes the grant's id, and a repeat with the same id gives once. Nobody can give to themselves.
 */
export const grantMembership = http(
  {
    route: 'POST /api/admin/memberships',
    auth: { may: 'membership.grant', secondFactor: 'fresh' },
    input: z.strictObject({
      ...{ grantId: MembershipGrantId, userId: UserId, scope: MembershipScope, length: MembershipLength },
      reason: Reason,
    }),
    output: MembershipView,
    errors: [
      ...(['user.not_found', 'staff.not_yourself', 'staff.second_person_needed'] as const),
      ...(['product.not_found', 'membership.grant_taken', 'membership.too_many'] as const),
    ],
  },
  async (call) => {
    const { input, user, now, ports, requestId } = call;
    const { grantId: sourceId, userId, scope, length, reason } = input;
    if (userId === user.id) throw fail('staff.not_yourself');
    const act = { action: 'membership.grant', key: sourceId } as const;
    await makingValue(call, act, async (tx, spend) => {
      await users.get(tx, userId);
      const named = scope.kind === 'product' ? [scope.productId] : [];
      if ((await products.peekMany(tx, named)).length < named.length) throw fail('product.not_found');
      const before = await memberships.find(tx, userId);
      const known = before ?? noMembership(userId, now);
      const what = { productId: null, scope, length, sourceId, cause: 'staff', state: 'active' } as const;
      const after = addByStaff(known, { ...what, atMs: now }, now);
      if (after === known) return;
      await spend('membershipDays', length.kind === 'days' ? length.days : length.months * 31);
      await memberships.save(tx, before, after);
      await audit.append(tx, {
        id: `membership.grant:${userId}:${sourceId}`,
        ...{ actorId: user.id, action: 'membership.grant', target: userId, reason, now, requestId },
        ...{ before: null, after: { grantId: sourceId, scope, length } },
      });
    });
    return showMembership(ports, userId, now);
  },
);
