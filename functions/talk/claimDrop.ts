import * as z from 'zod';
import * as couponStocks from '../../shared/data/coupons/couponStocks.ts';
import * as couponTemplates from '../../shared/data/coupons/couponTemplates.ts';
import * as drops from '../../shared/data/talk/drops.ts';
import { couponView } from '../../shared/domain/coupons/coupon.ts';
import { claimOf, isOpen, leftOf } from '../../shared/domain/talk/drop.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { fail } from '../../shared/errors.ts';
import { nextNumber } from '../../shared/flows/coupons/countCoupons.ts';
import { giveCoupon } from '../../shared/flows/coupons/giveCoupon.ts';
import { chatProof } from '../../shared/flows/talk/chatProof.ts';
import { claimedCoupon } from '../../shared/flows/talk/claimedCoupon.ts';
import { isMemberFor } from '../../shared/flows/talk/isMemberFor.ts';
import { http } from '../../shared/function.ts';
import { DropId, MINUTE_MS } from '../../shared/schemas/base.ts';
import { CouponView } from '../../shared/schemas/coupons/coupon.ts';
import { GroupProof } from '../../shared/schemas/talk/drop.ts';

/**
 * Claims a drop's coupon for the caller: one each, first come, first served. A repeat answers the same coupon.
 * A drop into chats of WeChat asks for `proof`, what `wx.getGroupEnterInfo` gave the phone within ten minutes. A proof
 * from before the last login cannot be read. The template's limit for each person does not apply.
 */
export const claimDrop = http(
  {
    route: 'POST /api/drops/{id}/claim',
    auth: 'member',
    input: z.strictObject({ id: DropId, proof: GroupProof.nullable() }),
    output: z.object({ coupon: CouponView }),
    errors: [
      ...(['feature.off', 'drop.not_found', 'drop.not_open', 'drop.empty', 'drop.not_yours'] as const),
      'coupon.limit_reached',
    ],
    limit: { max: 30, windowMs: MINUTE_MS },
  },
  async ({ input: { id: dropId, proof }, user: { id: userId }, now, ports }) => {
    needFeature(ports.settings.talk, 'drops', 'write');
    const { database } = ports;
    const drop = await drops.getPublished(database, dropId);
    const template = await couponTemplates.get(database, drop.templateId);
    const left = leftOf(await couponStocks.ofTemplate(database, template), dropId);
    const before = await claimedCoupon(database, dropId, userId);
    if (before !== null) return { coupon: couponView(before, now) };
    if (!isOpen(drop, template, now)) throw fail('drop.not_open');
    if (left === 0) throw fail('drop.empty');
    const openGid = await chatProof(ports, drop, { userId, proof, now });
    const coupon = await database.tx(async (tx) => {
      const own = await claimedCoupon(tx, dropId, userId);
      if (own !== null) return own;
      const isMember = await isMemberFor(tx, database, drop, { userId, now });
      if (!isMember) throw fail('drop.not_yours', { params: { reason: 'not_in_group' } });
      const number = await nextNumber(tx, template.id, userId);
      const given = await giveCoupon(tx, template, { userId, number, dropId, now });
      if (given === null) throw fail('drop.empty');
      await drops.insertClaim(tx, claimOf(dropId, { userId, couponId: given.id, openGid, now }));
      return given;
    });
    return { coupon: couponView(coupon, now) };
  },
);
