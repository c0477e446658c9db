import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as campaigns from '../../../shared/data/pricing/campaigns.ts';
import { steepestCut } from '../../../shared/domain/pricing/campaign.ts';
import { extendPromotion } from '../../../shared/domain/pricing/promotion.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { http } from '../../../shared/function.ts';
import { CampaignId, TimeMs } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { SeenVersion, StaffCampaignView } from '../../../shared/schemas/pricing/promotion.ts';

/**
 * Lets a published campaign last longer, never shorter.
 *
 * `expectedVersion` is the version that the caller saw. Repeating the very same change gives the same answer as the
 * first time.
 */
export const extendCampaign = http(
  {
    route: 'POST /api/admin/campaigns/{id}/extend',
    auth: { may: 'promotion.extend', secondFactor: 'fresh' },
    input: z.strictObject({
      ...{ id: CampaignId, expectedVersion: SeenVersion, untilAtMs: TimeMs, reason: Reason },
    }),
    output: z.object({ campaign: StaffCampaignView }),
    errors: [
      ...(['promotion.not_found', 'promotion.not_extendable', 'promotion.version_changed'] as const),
      'staff.second_person_needed',
    ],
  },
  async (call) => {
    const { input, user, now, requestId } = call;
    const { id, expectedVersion, untilAtMs, reason } = input;
    const act = { action: 'promotion.extend', key: `${id} ${expectedVersion}` } as const;
    const campaign = await makingValue(call, act, async (tx, spend) => {
      const before = await campaigns.get(tx, id);
      const after = extendPromotion(before, { expectedVersion, longer: { untilAtMs } }, now);
      if (after === before) return before;
      await spend('priceCut', steepestCut(after));
      await campaigns.save(tx, before, after);
      await audit.append(tx, {
        id: `promotion.extend:${id}:${after.version}`,
        ...{ actorId: user.id, action: 'promotion.extend', target: id, reason, now, requestId },
        ...{ before, after },
      });
      return after;
    });
    return { campaign };
  },
);
