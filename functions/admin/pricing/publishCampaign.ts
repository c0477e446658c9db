import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as campaigns from '../../../shared/data/pricing/campaigns.ts';
import { steepestCut } from '../../../shared/domain/pricing/campaign.ts';
import {
  publishPromotion,
  refuseIfTooMany,
  refuseUnlessSeen,
} from '../../../shared/domain/pricing/promotion.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { http } from '../../../shared/function.ts';
import { CampaignId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { SeenVersion, StaffCampaignView } from '../../../shared/schemas/pricing/promotion.ts';

/**
 * Publishes a campaign, which then runs from its start to its end.
 *
 * Publishing it again changes nothing. `expectedVersion` is the version that the caller saw. If the campaign has
 * changed since, the call is refused.
 */
export const publishCampaign = http(
  {
    route: 'POST /api/admin/campaigns/{id}/publish',
    auth: { may: 'promotion.publish', secondFactor: 'fresh' },
    input: z.strictObject({ id: CampaignId, expectedVersion: SeenVersion, reason: Reason }),
    output: z.object({ campaign: StaffCampaignView }),
    errors: [
      'promotion.not_found',
      'promotion.version_changed',
      'promotion.not_publishable',
      'promotion.too_many',
      'staff.second_person_needed',
    ],
  },
  async (call) => {
    const { input, user, now, ports, requestId } = call;
    const { id, expectedVersion, reason } = input;
    const ahead = await campaigns.ahead(ports.database, now);
    const act = { action: 'promotion.publish', key: id } as const;
    const campaign = await makingValue(call, act, async (tx, spend) => {
      const before = await campaigns.get(tx, id);
      const after = publishPromotion(before, now);
      if (after === before) return before;
      refuseUnlessSeen(before, expectedVersion);
      refuseIfTooMany(ahead, campaigns.AHEAD_MAX);
      await spend('priceCut', steepestCut(after));
      await campaigns.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: `promotion.publish:${id}`, actorId: user.id, action: 'promotion.publish', target: id },
        ...{ reason, before, after, now, requestId },
      });
      return after;
    });
    return { campaign };
  },
);
