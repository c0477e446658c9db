import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as campaigns from '../../../shared/data/pricing/campaigns.ts';
import { rewrite } from '../../../shared/domain/pricing/promotion.ts';
import { http } from '../../../shared/function.ts';
import { CampaignRewrite, StaffCampaignView } from '../../../shared/schemas/pricing/promotion.ts';

/**
 * Replaces the draft of a campaign as a whole. A published campaign cannot be changed: its rule stays until it ends.
 *
 * `expectedVersion` is the version that the caller saw. Repeating the very same change gives the same answer as the
 * first time.
 */
export const updateCampaign = http(
  {
    route: 'PUT /api/admin/campaigns/{id}',
    auth: { may: 'promotion.create' },
    input: CampaignRewrite,
    output: z.object({ campaign: StaffCampaignView }),
    errors: ['promotion.not_found', 'promotion.not_draft', 'promotion.version_changed'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const campaign = await ports.database.tx(async (tx) => {
      const before = await campaigns.get(tx, input.id);
      const after = rewrite(before, input, now);
      if (after === before) return before;
      await campaigns.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: auditId, actorId: user.id, action: 'promotion.update', target: input.id, reason: null },
        ...{ before, after, now, requestId },
      });
      return after;
    });
    return { campaign };
  },
);
