/** The editor of a flash sale: its time, its products with prices and seats, tried on an example cart. */
import { useState } from 'preact/hooks';
import type { FlashSaleDraft, StaffFlashSaleView } from '../../client/types.ts';
import { flashSaleActions } from '../catalogueActions.ts';
import { go, useDesk, usePlace } from '../engine/hooks.ts';
import { Tag } from '../engine/value.tsx';
import type { Action, ScreenProps, Thing } from '../engine/view.ts';
import { editedFields } from './editedFields.ts';
import { Approval, Beside, EditorPage, Part, Some, useForm } from './editor.tsx';
import { Preview } from './preview.tsx';
import { CopyLink, FlashItems, Settled, useKeptId, useStored, Waiting } from './promotion.tsx';
import { flashSaleFaults } from './promotionDraft.ts';

const FIELDS = editedFields('FlashSaleDraft', ['id']);
const FACTS = ['items', 'perUserMax', 'fromAtMs', 'untilAtMs', 'version', 'createdAtMs', 'updatedAtMs'];
const ACTIONS = flashSaleActions as readonly Action[];

type Written = Omit<FlashSaleDraft, 'id'>;

const writtenOf = ({ title, fromAtMs, untilAtMs, perUserMax, items }: StaffFlashSaleView): Written => ({
  ...{ title, fromAtMs, untilAtMs, perUserMax, items },
});

/** Saves what is written: over the draft that was seen, or as a new one. */
function useSaving(stored: StaffFlashSaleView | null) {
  const desk = useDesk();
  const kept = useKeptId('fls');
  const [version, see] = useState(stored?.version ?? 0);
  const save = async (written: Written) => {
    if (stored === null) {
      const id = await kept.make((made) => desk.change('createFlashSale', { ...written, id: made }));
      return go(`/flash-sales/${id}`, {}, true);
    }
    const input = { ...written, id: stored.id, expectedVersion: version };
    const { sale } = await desk.change('updateFlashSale', input);
    see(sale.version);
  };
  return { save, id: stored?.id ?? kept.id() };
}

function Editor({ stored, first }: { readonly stored: StaffFlashSaleView | null; readonly first: Thing }) {
  // A form's value has the fields of a flash sale, which its contract says.
  const form = useForm(FIELDS, first, (value) => flashSaleFaults(value as unknown as Written));
  const written = form.value as Written | null;
  const { save, id } = useSaving(stored);
  return (
    <EditorPage
      title={stored?.title ?? '新建限时秒杀'}
      state={stored !== null && <Tag words="promotionState" value={stored.state} />}
      actions={ACTIONS}
      thing={stored as Thing | null}
      form={form}
      save={(value) => save(value as unknown as Written)}
      after={<Approval name="publishFlashSale" over="优惠金额超出个人当日额度时" />}
      aside={
        <Preview
          tried={written && { flashSale: { ...written, id } }}
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
      <Part title="商品" hint="最多 12 件。名额抢完后恢复原价；没付款的订单关闭后，名额退回。">
        <FlashItems form={form} />
        <Some form={form} names={['perUserMax']} labels={{ perUserMax: '每件商品每人限购' }} />
      </Part>
    </EditorPage>
  );
}

/** The flash sale of the address, or a new one; `from` names one to begin like. */
export function Screen({ params }: ScreenProps) {
  const likeId = usePlace().query.from ?? null;
  const own = params.key ?? null;
  const stored = useStored('listAllFlashSales', own ?? likeId);
  const { found } = stored;
  if (found === null && (own ?? likeId) !== null) return <Waiting stored={stored} title="限时秒杀" />;
  if (own === null || found === null) {
    const like = found === null ? { perUserMax: 1, items: [{}] } : writtenOf(found);
    return <Editor key="new" stored={null} first={like} />;
  }
  if (found.state === 'draft') return <Editor key={found.id} stored={found} first={writtenOf(found)} />;
  return (
    <Settled
      {...{ title: found.title, state: found.state, type: 'StaffFlashSaleView', facts: FACTS }}
      thing={found as unknown as Thing}
      actions={ACTIONS}
      copy={<CopyLink path="/flash-sales/new" id={found.id} needs="createFlashSale" />}
    >
      <Preview
        tried={{ flashSale: { ...writtenOf(found), id: found.id } }}
        period={[found.fromAtMs, found.untilAtMs]}
      />
    </Settled>
  );
}
