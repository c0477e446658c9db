import * as z from 'zod';
import * as campaigns from '../../../shared/data/pricing/campaigns.ts';
import { refuseUnlessDraft } from '../../../shared/domain/pricing/promotion.ts';
import { keepRemoved } from '../../../shared/flows/operations/removeDraft.ts';
import { http } from '../../../shared/function.ts';
import { CampaignId, QueryVersion } from '../../../shared/schemas/base.ts';

/** Removes a campaign that was never published. The audit log keeps it, and its id cannot be used again. */
export const removeCampaignDraft = http(
  {
    route: 'DELETE /api/admin/campaigns/{id}',
    auth: { may: 'promotion.create' },
    input: z.strictObject({ id: CampaignId, expectedVersion: QueryVersion }),
    output: z.object({ id: CampaignId }),
    errors: ['promotion.not_found', 'promotion.not_draft', 'promotion.version_changed'],
  },
  async ({ input: { id, expectedVersion }, ports, ...call }) => {
    await ports.database.tx(async (tx) => {
      const draft = await campaigns.get(tx, id);
      refuseUnlessDraft(draft, expectedVersion);
      await campaigns.remove(tx, id);
      await keepRemoved(tx, call, { action: 'promotion.remove', id: id, draft });
    });
    return { id };
  },
);
