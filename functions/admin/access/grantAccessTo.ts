import * as z from 'zod';
import * as entitlements from '../../../shared/data/access/entitlements.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as rules from '../../../shared/domain/access/entitlement.ts';
import { fail } from '../../../shared/errors.ts';
import { grantAccess } from '../../../shared/flows/access/grantAccess.ts';
import { grantable } from '../../../shared/flows/access/grantable.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { http } from '../../../shared/function.ts';
import { entitlementId, StaffEntitlementView } from '../../../shared/schemas/access/entitlement.ts';
import { AccessGrantId, ProductId, UserId } from '../../../shared/schemas/base.ts';
import { AccessRule } from '../../../shared/schemas/catalogue/product.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Gives somebody access to a product that is not a membership: for ever, for some days, or until a date.
 *
 * Days are added to the access that the person has. If the grant would not lengthen it, nothing is given. A repeat with
 * the same id gives once. One id may give several products, and to several people. Nobody can give to themselves.
 */
export const grantAccessTo = http(
  {
    route: 'POST /api/admin/access',
    auth: { may: 'access.grant', secondFactor: 'fresh' },
    input: z.strictObject({
      ...{ grantId: AccessGrantId, userId: UserId, productId: ProductId },
      ...{ access: AccessRule, reason: Reason },
    }),
    output: z.object({ entitlement: StaffEntitlementView }),
    errors: [
      ...(['user.not_found', 'staff.not_yourself', 'product.not_found', 'product.already_owned'] as const),
      ...(['access.not_grantable', 'access.grant_taken', 'access.too_many'] as const),
      'staff.second_person_needed',
    ],
  },
  async (call) => {
    const { input, user, now, ports, requestId } = call;
    const { grantId: sourceId, userId, productId, access, reason } = input;
    if (userId === user.id) throw fail('staff.not_yourself');
    const act = { action: 'access.grant', key: `${sourceId} ${userId} ${productId}` } as const;
    const entitlement = await makingValue(call, act, async (tx, spend) => {
      await users.get(tx, userId);
      const given = rules.givenByStaff(await entitlements.find(tx, userId, productId), { sourceId, access });
      if (given !== null) return given;
      const giving = { userId, productId, access, now };
      const { kind, version, listFen } = await grantable(tx, ports.database, giving);
      await spend('accessFen', listFen);
      const what = { userId, productId, kind, version, access, plan: null, sourceId, now } as const;
      await grantAccess(tx, { ...what, cause: 'staff', fromAtMs: now, state: 'active' });
      await audit.append(tx, {
        id: rules.grantEntryId(entitlementId(userId, productId), sourceId),
        ...{ actorId: user.id, action: 'access.grant', target: userId, reason, now, requestId },
        ...{ before: null, after: { grantId: sourceId, productId, access } },
      });
      return entitlements.get(tx, userId, productId);
    });
    return { entitlement: rules.staffEntitlementView(entitlement) };
  },
);
