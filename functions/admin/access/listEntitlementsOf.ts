import * as z from 'zod';
import * as entitlements from '../../../shared/data/access/entitlements.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { http } from '../../../shared/function.ts';
import { EntitlementPage } from '../../../shared/schemas/access/entitlement.ts';
import { Cursor, PageSize, UserId } from '../../../shared/schemas/base.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Lists what somebody was given, the last changed first, with every source it has or had: orders, gifts, codes, points.
 *
 * The audit log records who looked, and the reason if they gave one.
 */
export const listEntitlementsOf = http(
  {
    route: 'GET /api/admin/users/{userId}/entitlements',
    auth: { may: 'user.view' },
    input: z.strictObject({ userId: UserId, reason: AnyReason, cursor: Cursor.optional(), limit: PageSize }),
    output: EntitlementPage,
    errors: ['user.not_found'],
  },
  async ({ input: { userId, reason, limit = 20, cursor = null }, ports, ...call }) => {
    await users.get(ports.database, userId);
    const page = await entitlements.ofUser(ports.database, userId, { limit, cursor });
    await logReading({ ports, ...call }, { action: 'entitlement.read', target: userId, reason });
    return { items: [...page.items], nextCursor: page.nextCursor };
  },
);
