import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as campaigns from '../../../shared/data/pricing/campaigns.ts';
import { endPromotion } from '../../../shared/domain/pricing/promotion.ts';
import { http } from '../../../shared/function.ts';
import { CampaignId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffCampaignView } from '../../../shared/schemas/pricing/promotion.ts';

/** Ends a campaign early. Orders that were placed keep their prices. Safe to repeat. */
export const endCampaign = http(
  {
    route: 'POST /api/admin/campaigns/{id}/end',
    auth: { may: 'promotion.end' },
    input: z.strictObject({ id: CampaignId, reason: Reason }),
    output: z.object({ campaign: StaffCampaignView }),
    errors: ['promotion.not_found'],
  },
  async ({ input: { id, reason }, user, now, ports, requestId }) => {
    const campaign = await ports.database.tx(async (tx) => {
      const before = await campaigns.get(tx, id);
      const after = endPromotion(before, now);
      if (after === before) return before;
      await campaigns.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: `promotion.end:${id}`, actorId: user.id, action: 'promotion.end', target: id, reason },
        ...{ before, after, now, requestId },
      });
      return after;
    });
    return { campaign };
  },
);
