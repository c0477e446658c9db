import * as z from 'zod';
import * as couponStocks from '../../shared/data/coupons/couponStocks.ts';
import * as couponTemplates from '../../shared/data/coupons/couponTemplates.ts';
import * as drops from '../../shared/data/talk/drops.ts';
import { dropView, leftOf } from '../../shared/domain/talk/drop.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { isMemberFor } from '../../shared/flows/talk/isMemberFor.ts';
import { http } from '../../shared/function.ts';
import { DropId, SECOND_MS } from '../../shared/schemas/base.ts';
import { DropView } from '../../shared/schemas/talk/drop.ts';

/** How old the number of what is left may be. */
const REMEMBERED_MS = 2 * SECOND_MS;

/**
 * Shows a drop: its coupon, how many are left, until when, whether the caller has one, and why they cannot claim.
 *
 * What is left may be two seconds old. Whether the caller comes from the right chat of WeChat shows only when they
 * claim.
 */
export const getDrop = http(
  {
    route: 'GET /api/drops/{id}',
    auth: 'optional',
    input: z.strictObject({ id: DropId }),
    output: z.object({ drop: DropView }),
    errors: ['feature.off', 'drop.not_found'],
  },
  async ({ input: { id }, user, now, ports }) => {
    needFeature(ports.settings.talk, 'drops', 'read');
    const { database } = ports;
    const drop = await drops.getPublished(database, id);
    const template = await couponTemplates.get(database, drop.templateId);
    const claim = user === null ? null : await drops.findClaim(database, id, user.id);
    const look = async () => leftOf(await couponStocks.ofTemplate(database, template), id);
    const left = await ports.cache.remember(`dropLeft:${id}`, REMEMBERED_MS, look);
    const isMember = user !== null && (await isMemberFor(database, database, drop, { userId: user.id, now }));
    const seen = { template, left, isLoggedIn: user !== null, isMember, now };
    return { drop: dropView(drop, { ...seen, isClaimed: claim !== null }) };
  },
);
