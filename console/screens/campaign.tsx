/** The editor of a campaign: its time, its scope and its ladder, tried on an example cart. */
import { useState } from 'preact/hooks';
import type { CampaignDraft, StaffCampaignView } from '../../client/types.ts';
import { campaignActions } from '../catalogueActions.ts';
import { go, useDesk, usePlace } from '../engine/hooks.ts';
import { Tag } from '../engine/value.tsx';
import type { Action, ScreenProps, Thing } from '../engine/view.ts';
import { editedFields } from './editedFields.ts';
import { Approval, Beside, EditorPage, Part, Some, useForm } from './editor.tsx';
import { Preview } from './preview.tsx';
import { CopyLink, Ladder, Settled, useKeptId, useStored, Waiting } from './promotion.tsx';
import { campaignFaults } from './promotionDraft.ts';

const FIELDS = editedFields('CampaignDraft', ['id']);
const FACTS = ['ladder', 'scope', 'fromAtMs', 'untilAtMs', 'version', 'createdAtMs', 'updatedAtMs'];
const ACTIONS = campaignActions as readonly Action[];

type Written = Omit<CampaignDraft, 'id'>;

const writtenOf = ({ title, fromAtMs, untilAtMs, scope, ladder }: StaffCampaignView): Written => ({
  ...{ title, fromAtMs, untilAtMs, scope, ladder },
});

/** Saves what is written: over the draft that was seen, or as a new one. */
function useSaving(stored: StaffCampaignView | null) {
  const desk = useDesk();
  const kept = useKeptId('cmp');
  const [version, see] = useState(stored?.version ?? 0);
  const save = async (written: Written) => {
    if (stored === null) {
      const id = await kept.make((made) => desk.change('createCampaign', { ...written, id: made }));
      return go(`/campaigns/${id}`, {}, true);
    }
    const input = { ...written, id: stored.id, expectedVersion: version };
    const { campaign } = await desk.change('updateCampaign', input);
    see(campaign.version);
  };
  return { save, id: stored?.id ?? kept.id() };
}

function Editor({ stored, first }: { readonly stored: StaffCampaignView | null; readonly first: Thing }) {
  // A form's value has the fields of a campaign, which its contract says.
  const form = useForm(FIELDS, first, (value) => campaignFaults(value as unknown as Written));
  const written = form.value as Written | null;
  const { save, id } = useSaving(stored);
  return (
    <EditorPage
      title={stored?.title ?? '新建满减活动'}
      state={stored !== null && <Tag words="promotionState" value={stored.state} />}
      actions={ACTIONS}
      thing={stored as Thing | null}
      form={form}
      save={(value) => save(value as unknown as Written)}
      after={<Approval name="publishCampaign" over="最高一档的优惠超出个人当日额度时" />}
      aside={
        <Preview
          tried={written && { campaign: { ...written, id } }}
          period={written && [written.fromAtMs, written.untilAtMs]}
        />
      }
    >
      <Part title="活动">
        <Some form={form} names={['title']} />
        <Beside>
          <Some form={form} names={['fromAtMs', 'untilAtMs']} />
        </Beside>
      </Part>
      <Part title="满减阶梯" hint="订单里参加活动的商品合计达到门槛时，按达到的最高一档减一次。">
        <Ladder form={form} />
      </Part>
      <Part title="参加的商品">
        <Some form={form} names={['scope']} />
      </Part>
    </EditorPage>
  );
}

/** The campaign of the address, or a new one; `from` names one to begin like. */
export function Screen({ params }: ScreenProps) {
  const likeId = usePlace().query.from ?? null;
  const own = params.key ?? null;
  const stored = useStored('listCampaigns', own ?? likeId);
  const { found } = stored;
  if (found === null && (own ?? likeId) !== null) return <Waiting stored={stored} title="满减活动" />;
  if (own === null || found === null) {
    const like = found === null ? { scope: { kind: 'all' }, ladder: [{}] } : writtenOf(found);
    return <Editor key="new" stored={null} first={like} />;
  }
  if (found.state === 'draft') return <Editor key={found.id} stored={found} first={writtenOf(found)} />;
  return (
    <Settled
      {...{ title: found.title, state: found.state, type: 'StaffCampaignView', facts: FACTS }}
      thing={found as unknown as Thing}
      actions={ACTIONS}
      copy={<CopyLink path="/campaigns/new" id={found.id} needs="createCampaign" />}
    >
      <Preview
        tried={{ campaign: { ...writtenOf(found), id: found.id } }}
        period={[found.fromAtMs, found.untilAtMs]}
      />
    </Settled>
  );
}
