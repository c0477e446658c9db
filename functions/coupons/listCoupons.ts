import * as z from 'zod';
import * as coupons from '../../shared/data/coupons/coupons.ts';
import * as couponTemplates from '../../shared/data/coupons/couponTemplates.ts';
import { claimableView, whyNotClaimable } from '../../shared/domain/coupons/couponTemplate.ts';
import { claimerOf } from '../../shared/flows/coupons/claimerOf.ts';
import { isSoldOut } from '../../shared/flows/coupons/soldOut.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { ClaimablePage } from '../../shared/schemas/coupons/coupon.ts';

/**
 * Lists the coupons that can be claimed now or later, soonest end first. Each says why the caller cannot claim it, if
 * so.
 *
 * "Sold out" may be a few seconds old here; the claim itself decides. Welcome coupons are given without a claim and are
 * not listed.
 */
export const listCoupons = http(
  {
    route: 'GET /api/coupons',
    auth: 'optional',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: ClaimablePage,
    errors: [],
  },
  async ({ input, user, now, ports }) => {
    const { items, nextCursor } = await couponTemplates.listOpen(ports.database, {
      audiences: ['all', 'new_users', 'members', 'buyers'],
      now,
      limit: input.limit ?? 20,
      cursor: input.cursor ?? null,
    });
    const ids = items.map(({ id }) => id);
    const counts = user === null ? null : await coupons.countOfUser(ports.database, user.id, ids);
    const views = items.map(async (template) => {
      const soldOut = await isSoldOut(ports, template);
      const claimedCount = counts?.get(template.id) ?? 0;
      const claimer =
        user === null
          ? null
          : await claimerOf(ports.database, template, {
              userId: user.id,
              registeredAtMs: user.registeredAtMs,
              claimedCount,
              now,
            });
      const whyNot = whyNotClaimable(template, { claimer, isSoldOut: soldOut, now });
      return claimableView(template, claimedCount, whyNot);
    });
    return { items: await Promise.all(views), nextCursor };
  },
);
