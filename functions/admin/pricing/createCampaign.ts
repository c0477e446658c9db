import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as campaigns from '../../../shared/data/pricing/campaigns.ts';
import { draftOf } from '../../../shared/domain/pricing/promotion.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { CampaignDraft, StaffCampaignView } from '../../../shared/schemas/pricing/promotion.ts';

/**
 * Creates a campaign as a draft, which only staff see before `publishCampaign`.
 *
 * The client makes the id and keeps it until it has an answer. A repeat with the same id and the same content answers
 * the same campaign, in whatever state it is by then.
 */
export const createCampaign = http(
  {
    route: 'POST /api/admin/campaigns',
    auth: { may: 'promotion.create' },
    input: CampaignDraft,
    output: z.object({ campaign: StaffCampaignView }),
    errors: ['promotion.id_taken'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const draftDigest = ports.secrets.digest('campaign.draft', JSON.stringify(input));
    const campaign = await ports.database.tx(async (tx) => {
      const before = await campaigns.find(tx, input.id);
      if (before?.draftDigest === draftDigest) return before;
      if (before !== null || (await audit.wasRemoved(tx, input.id))) throw fail('promotion.id_taken');
      const draft = draftOf(input, draftDigest, now);
      await campaigns.insert(tx, draft);
      await audit.append(tx, {
        id: `promotion.create:${input.id}`,
        ...{ actorId: user.id, action: 'promotion.create', target: input.id, reason: null, now, requestId },
        ...{ before: null, after: input },
      });
      return draft;
    });
    return { campaign };
  },
);
