import * as z from 'zod';
import * as entitlements from '../../../shared/data/access/entitlements.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as rules from '../../../shared/domain/access/entitlement.ts';
import { fail } from '../../../shared/errors.ts';
import { grantAccess } from '../../../shared/flows/access/grantAccess.ts';
import { refuseIfOwned } from '../../../shared/flows/access/ownedAmong.ts';
import { http } from '../../../shared/function.ts';
import { entitlementId, StaffEntitlementView } from '../../../shared/schemas/access/entitlement.ts';
import { AccessGrantId, ProductId, UserId } from '../../../shared/schemas/base.ts';
import { AccessRule } from '../../../shared/schemas/catalogue/product.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Gives somebody access to a product that is no membership: for ever, for some days, or until a date.
 *
 * Days are added to what the person has; who would gain nothing by it gets nothing. The client makes the grant's id, so that a repeat gives once; the same
 * id may give one person several products, and several people the same. Nobody gives to themselves.
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
    ],
  },
  async ({ input, user, now, ports, requestId }) => {
    const { grantId: sourceId, userId, productId, access, reason } = input;
    if (userId === user.id) throw fail('staff.not_yourself');
    const entitlement = await ports.database.tx(async (tx) => {
      await users.get(tx, userId);
      const given = rules.givenByStaff(await entitlements.find(tx, userId, productId), { sourceId, access });
      if (given !== null) return given;
      const [product] = await products.peekMany(tx, [productId]);
      if (product === undefined) throw fail('product.not_found');
      rules.refuseUnlessGrantable(product, access, now);
      await refuseIfOwned(tx, ports.database, userId, [{ ...product, access }], now);
      const { kind, version } = product;
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
