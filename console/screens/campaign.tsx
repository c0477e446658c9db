/** The editor of a campaign: its time, its scope and its ladder, tried on an example cart. */
import type { CampaignDraft, StaffCampaignView } from '../../client/types.ts';
import { campaignActions } from '../catalogueActions.ts';
import type { Action } from '../engine/view.ts';
import { editedFields } from './editedFields.ts';
import { Part, Some } from './editor.tsx';
import { Ladder } from './promotion.tsx';
import { campaignFaults } from './promotionDraft.ts';
import { promotionScreen } from './promotionEditor.tsx';

/** The campaign of the address, or a new one. */
export const Screen = promotionScreen<StaffCampaignView, Omit<CampaignDraft, 'id'>>({
  ...{ title: '满减活动', path: '/campaigns', prefix: 'cmp', type: 'StaffCampaignView' },
  facts: ['ladder', 'scope', 'fromAtMs', 'untilAtMs', 'version', 'createdAtMs', 'updatedAtMs'],
  actions: campaignActions as readonly Action[],
  fields: editedFields('CampaignDraft', ['id']),
  ...{ list: 'listCampaigns', creates: 'createCampaign', publishes: 'publishCampaign' },
  over: '最高一档的优惠超出个人当日额度时',
  empty: { scope: { kind: 'all' }, ladder: [{}] },
  writtenOf: ({ title, fromAtMs, untilAtMs, scope, ladder }) => ({
    title,
    fromAtMs,
    untilAtMs,
    scope,
    ladder,
  }),
  faults: campaignFaults,
  triedOf: (campaign) => ({ campaign }),
  create: (desk, draft) => desk.change('createCampaign', draft),
  update: async (desk, draft) => (await desk.change('updateCampaign', draft)).campaign.version,
  parts: (form) => (
    <>
      <Part title="满减阶梯" hint="订单里参加活动的商品合计达到门槛时，按达到的最高一档减一次。">
        <Ladder form={form} />
      </Part>
      <Part title="参加的商品">
        <Some form={form} names={['scope']} />
      </Part>
    </>
  ),
});
