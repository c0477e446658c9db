/** The editor of a coupon, which is written once as a draft; and a coupon that is there, tried on an example cart. */
import type { CountedTemplateView, CouponTemplateDraft } from '../../client/types.ts';
import { templateActions } from '../catalogueActions.ts';
import { go, useCall, useDesk, usePlace } from '../engine/hooks.ts';
import { Skeleton, TroubleNote } from '../engine/notice.tsx';
import type { Action, ScreenProps, Thing } from '../engine/view.ts';
import { editedFields } from './editedFields.ts';
import { Approval, Beside, EditorPage, type Form, Part, Some, useForm } from './editor.tsx';
import { Preview } from './preview.tsx';
import { CopyLink, Settled, useKeptId } from './promotion.tsx';
import { sentTemplate, templateFaults } from './promotionDraft.ts';

const FIELDS = editedFields('CouponTemplateDraft', ['id']);
const FACTS = [
  ...['rule', 'scope', 'validity', 'audience', 'buyersOf', 'stock', 'issuedCount', 'leftCount', 'perUserMax'],
  ...['pointsPrice', 'claimFromAtMs', 'claimUntilAtMs', 'version', 'createdAtMs', 'updatedAtMs'],
];
const ACTIONS = templateActions as readonly Action[];
const FIRST = {
  rule: { kind: 'full_reduction' },
  scope: { kind: 'all' },
  validity: { kind: 'days' },
  audience: 'all',
  perUserMax: 1,
};

type Written = Omit<CouponTemplateDraft, 'id'>;

function writtenOf(template: CountedTemplateView): Written {
  const { title, rule, scope, validity, claimFromAtMs, claimUntilAtMs, stock } = template;
  const { perUserMax, audience, buyersOf, pointsPrice } = template;
  return {
    ...{ title, rule, scope, validity, claimFromAtMs, claimUntilAtMs, stock },
    ...{ perUserMax, audience, buyersOf, pointsPrice },
  };
}

/** When one of its coupons can be used: in its window, or for its days from the first claim. */
function periodOf({ validity, claimFromAtMs, claimUntilAtMs }: Written): readonly [number, number] {
  return validity.kind === 'window'
    ? [validity.fromAtMs, validity.untilAtMs]
    : [claimFromAtMs, claimUntilAtMs];
}

function Audience({ form }: { readonly form: Form }) {
  const isOf = (audience: string) => form.typed.audience === audience;
  return (
    <>
      <Beside>
        <Some form={form} names={['audience', 'perUserMax']} />
      </Beside>
      {isOf('buyers') && <Some form={form} names={['buyersOf']} />}
      {!isOf('welcome') && (
        <Some form={form} names={['pointsPrice']} labels={{ pointsPrice: '用多少积分兑换' }} />
      )}
    </>
  );
}

function Editor({ first }: { readonly first: Thing }) {
  const desk = useDesk();
  const kept = useKeptId('tpl');
  // A form's value has the fields of a coupon, which its contract says.
  const read = (value: Thing) => sentTemplate(value as unknown as Written);
  const form = useForm(FIELDS, first, (value) => templateFaults(read(value)));
  const written = form.value === null ? null : read(form.value);
  const save = async (value: Thing) => {
    const id = await kept.make((made) => desk.change('createCouponTemplate', { ...read(value), id: made }));
    go(`/coupons/${id}`, {}, true);
  };
  return (
    <EditorPage
      title="新建优惠券"
      state={null}
      actions={ACTIONS}
      thing={null}
      form={form}
      save={save}
      after={
        <>
          <p class="hint">草稿保存后不能修改，可以删除，或复制成新的一张再改。</p>
          <Approval name="publishCouponTemplate" over="优惠总额超出个人当日额度时" />
        </>
      }
      aside={
        <Preview
          tried={written && { coupon: { ...written, id: kept.id() } }}
          period={written && periodOf(written)}
        />
      }
    >
      <Part title="优惠">
        <Some form={form} names={['title', 'rule']} labels={{ rule: '减多少' }} />
        <Some form={form} names={['scope']} />
      </Part>
      <Part title="领取">
        <Beside>
          <Some form={form} names={['claimFromAtMs', 'claimUntilAtMs']} />
        </Beside>
        <Some form={form} names={['stock']} labels={{ stock: '发放数量' }} />
        <Audience form={form} />
      </Part>
      <Part title="使用">
        <Some form={form} names={['validity']} />
      </Part>
    </EditorPage>
  );
}

function Stored({ templateId }: { readonly templateId: string }) {
  const { data, trouble, again } = useCall('getCouponTemplate', { templateId });
  if (trouble !== null && data === null) return <TroubleNote trouble={trouble} again={again} />;
  if (data === null) return <Skeleton lines={8} />;
  const { template } = data;
  const written = writtenOf(template);
  return (
    <Settled
      {...{ title: template.title, state: template.state, type: 'CountedTemplateView', facts: FACTS }}
      thing={template as unknown as Thing}
      actions={ACTIONS}
      copy={<CopyLink path="/coupons/new" id={templateId} needs="createCouponTemplate" />}
    >
      <Preview tried={{ coupon: { ...written, id: templateId } }} period={periodOf(written)} />
    </Settled>
  );
}

/** A new coupon that begins like another one. */
function Like({ templateId }: { readonly templateId: string }) {
  const { data, trouble, again } = useCall('getCouponTemplate', { templateId });
  if (trouble !== null) return <TroubleNote trouble={trouble} again={again} />;
  return data === null ? (
    <Skeleton lines={8} />
  ) : (
    <Editor first={writtenOf(data.template) as unknown as Thing} />
  );
}

/** The coupon of the address, or a new one; `from` names one to begin like. */
export function Screen({ params }: ScreenProps) {
  const likeId = usePlace().query.from;
  if (params.key !== undefined) return <Stored templateId={params.key} />;
  return likeId === undefined ? <Editor first={FIRST} /> : <Like templateId={likeId} />;
}
