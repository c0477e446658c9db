/** The editor of a product of any kind: what it is, its price and terms, and what is missing before it may be sold. */
import { useState } from 'preact/hooks';
import { yuan } from '../../client/fen.ts';
import type { ProductKind, ShelfKind, StaffProductView } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { productActions } from '../catalogueActions.ts';
import { go, useCall, useDesk, usePlace, useRole } from '../engine/hooks.ts';
import { Labelled } from '../engine/labelled.tsx';
import { Link } from '../engine/link.tsx';
import { mayCall } from '../engine/may.ts';
import { Skeleton, TroubleNote } from '../engine/notice.tsx';
import { wordOf } from '../engine/schema.ts';
import { Tag } from '../engine/value.tsx';
import type { Action, ScreenProps, Thing } from '../engine/view.ts';
import { Beside, EditorPage, type Form, faultAt, Part, Some, useForm } from './editor.tsx';
import { FileField } from './fileField.tsx';
import {
  changeOf,
  courseOf,
  draftOf,
  fieldsOfKind,
  firstOf,
  railNotes,
  shownOf,
  termsFaults,
  waitNote,
} from './productDraft.ts';
import { MissingBox } from './productMissing.tsx';
import { useKeptId } from './promotion.tsx';

const ACTIONS = productActions as readonly Action[];

/** The category: one of those that are there. */
function Category({ form }: { readonly form: Form }) {
  const { data } = useCall('listAllCategories', {});
  const fault = faultAt(form, 'category');
  const chosen = String(form.typed.category ?? '');
  return (
    <Labelled label="分类" fault={fault}>
      {(ids) => (
        <select
          {...ids}
          value={chosen}
          aria-invalid={fault !== null}
          onInput={(event) => form.set('category', event.currentTarget.value)}
        >
          <option value="">请选择</option>
          {(data?.items ?? []).map(({ id, title, isHidden }) => (
            <option key={id} value={id}>
              {isHidden ? `${title}（隐藏）` : title}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function Introduction({ form }: { readonly form: Form }) {
  return (
    <Part title="介绍">
      <Some form={form} names={['title', 'subtitle']} />
      <Beside>
        <Some form={form} names={['teacher']} />
        <Category form={form} />
      </Beside>
      <Some form={form} names={['summary', 'tags']} />
      <FileField
        label="封面"
        kind="cover"
        value={String(form.typed.coverUrl ?? '')}
        set={({ upload }) => form.set('coverUrl', upload.publicUrl ?? '')}
        hint="JPG、PNG 或 WebP，不超过 5 MB。建议宽高比 16:9。"
        fault={faultAt(form, 'coverUrl')}
      />
    </Part>
  );
}

function Price({ form }: { readonly form: Form }) {
  return (
    <Part title="价格" hint="已下的订单价格不变。">
      <Beside>
        <Some form={form} names={['listFen', 'memberFen', 'pointsPrice']} />
      </Beside>
      <Some form={form} names={['isFreeForMembers', 'limited']} labels={{ limited: '限时价' }} />
    </Part>
  );
}

function Content({ form, kind }: { readonly form: Form; readonly kind: ProductKind }) {
  const key = form.typed.mediaKey;
  return (
    <Part title="内容" hint="试读所有人可见，其余购买后可见。">
      <Some form={form} names={['preview', 'body']} />
      <FileField
        label={kind === 'media' ? '音频或视频' : '电子书文件（可不填）'}
        kind="media"
        value={typeof key === 'string' ? key : ''}
        set={({ upload, seconds }) => {
          form.set('mediaKey', upload.key);
          if (kind === 'media' && seconds !== null) form.set('durationSeconds', String(seconds));
        }}
        clear={() => form.set('mediaKey', '')}
        hint={kind === 'media' ? 'MP4、M4A 或 MP3，不超过 5 GB。' : 'PDF 或 EPUB，不超过 5 GB。'}
        fault={faultAt(form, 'mediaKey')}
      />
      <Some form={form} names={['durationSeconds']} />
    </Part>
  );
}

function Terms({ form }: { readonly form: Form }) {
  return (
    <Part title="条款" hint="写入每个订单，之后修改不影响已下的订单。">
      <Some form={form} names={['access', 'trialDays', 'refundPolicy']} />
      <Beside>
        <Some form={form} names={['saleFromAtMs', 'saleUntilAtMs']} />
      </Beside>
    </Part>
  );
}

const PLATFORMS = ['web', 'android', 'ios'] as const;

function RailRow({
  id,
  platform,
  atMs,
}: {
  readonly id: string;
  readonly platform: (typeof PLATFORMS)[number];
  readonly atMs: number;
}) {
  const { data, trouble } = useCall('previewQuote', { lines: [{ productId: id }], platform, atMs });
  return (
    <div>
      <dt>{wordOf('platform', platform)}</dt>
      <dd>
        {data !== null && `${yuan(data.quote.payableFen)}，${wordOf('rail', data.quote.rail)}`}
        {data === null && (trouble?.says ?? '…')}
      </dd>
    </div>
  );
}

/** What each rail allows: by rule as it is typed, and by a real quote of what is on sale. */
function Rails({ form, product }: { readonly form: Form; readonly product: StaffProductView | null }) {
  const desk = useDesk();
  const role = useRole();
  const [atMs] = useState(() => desk.outside.now());
  const listFen = Number(form.value?.listFen ?? Number.NaN);
  const note = product === null ? null : waitNote(product);
  return (
    <section class="box">
      <h2>各端收款</h2>
      {Number.isNaN(listFen) ? (
        <p class="hint">填好价格后，这里说明各端怎样收款。</p>
      ) : (
        <ul class="notes">
          {railNotes(listFen).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {note !== null && <p class="why">{note}</p>}
      {product?.state === 'published' && mayCall(role, 'previewQuote') && (
        <>
          <p class="hint">新买家现在下单：</p>
          <dl class="sums">
            {PLATFORMS.map((platform) => (
              <RailRow key={platform} id={product.id} platform={platform} atMs={atMs} />
            ))}
          </dl>
        </>
      )}
    </section>
  );
}

function Reason({ text, set }: { readonly text: string; readonly set: (text: string) => void }) {
  return (
    <Labelled label="修改原因（可不填）" fault={null} hint="会记入审计日志。">
      {(ids) => (
        <input
          type="text"
          maxLength={200}
          autocomplete="off"
          value={text}
          onInput={(event) => set(event.currentTarget.value)}
          {...ids}
        />
      )}
    </Labelled>
  );
}

/** Saves: a change of what is there, or something new. */
function useSaving(kind: ProductKind, product: StaffProductView | null, reason: string) {
  const desk = useDesk();
  const kept = useKeptId('prd');
  const [seen, see] = useState(product);
  return async (value: Thing) => {
    if (seen === null) {
      const id = await kept.make((made) =>
        kind === 'course'
          ? desk.change('createCourse', { course: courseOf(made, value) })
          : desk.change('createProduct', { product: draftOf(kind, made, value) }),
      );
      return go(`/products/${id}/${kind === 'course' ? 'outline' : 'edit'}`, {}, true);
    }
    const change = changeOf(seen, value);
    if (change === null) return;
    const given = reason.trim() === '' ? {} : { reason: reason.trim() };
    const input = { id: seen.id, expectedVersion: seen.version, change, ...given };
    see((await desk.change('updateProduct', input)).product);
  };
}

function Editor({
  kind,
  product,
}: {
  readonly kind: ProductKind;
  readonly product: StaffProductView | null;
}) {
  const [fields] = useState(() => fieldsOfKind(kind, product === null));
  const form = useForm(fields, product === null ? firstOf(kind) : shownOf(product), (value) =>
    termsFaults(kind, value),
  );
  const [reason, setReason] = useState('');
  const save = useSaving(kind, product, reason);
  const has = (name: string) => fields.some((field) => field.name === name);
  const isSold = product?.state === 'published';
  return (
    <EditorPage
      title={product?.title ?? `新建${wordOf('productKind', kind)}`}
      state={product !== null && <Tag words="productState" value={product.state} />}
      actions={ACTIONS}
      thing={product as Thing | null}
      links={kind === 'course' && product !== null && <OutlineLink id={product.id} />}
      form={form}
      save={save}
      saves={isSold ? '保存，立即生效' : '保存'}
      after={
        product !== null && (
          <>
            <Reason text={reason} set={setReason} />
            <p class="hint">降价超出个人当日额度时，要另一位同事同意。</p>
          </>
        )
      }
      aside={
        <>
          {product !== null && <MissingBox product={product} />}
          <Rails form={form} product={product} />
        </>
      }
    >
      <Introduction form={form} />
      <Price form={form} />
      {has('plan') && (
        <Part title="会员方案" hint="创建后不能修改。">
          {product === null ? <Some form={form} names={['plan']} /> : <Plan product={product} />}
        </Part>
      )}
      {has('parts') && (
        <Part title="包含的商品" hint="课程、电子书和音视频，最多 50 件。">
          <Some form={form} names={['parts']} />
        </Part>
      )}
      {has('mediaKey') && <Content form={form} kind={kind} />}
      {has('refundPolicy') ? (
        <Terms form={form} />
      ) : (
        <Part title="使用期限" hint="会员价、限时价、退款规则和开售时间，保存后再设置。">
          <Some form={form} names={['access']} />
        </Part>
      )}
    </EditorPage>
  );
}

function Plan({ product }: { readonly product: StaffProductView }) {
  const { plan } = product;
  if (plan === null) return null;
  return (
    <p>
      {wordOf('membershipPeriod', plan.period)}，{wordOf('membershipScope', plan.scope.kind)}
    </p>
  );
}

function OutlineLink({ id }: { readonly id: string }) {
  return (
    <Link to={`/products/${id}/outline`} class="button">
      编辑课时
    </Link>
  );
}

const KINDS: Readonly<Record<ShelfKind, string>> = {
  course: '分章节的课时，可以试看，计学习进度。',
  column: '持续更新的一组内容，一次买下。',
  bundle: '几件商品合在一起卖。',
  media: '一段音频或视频。',
  content: '一篇长文，或 PDF、EPUB 文件。',
  membership: '月卡、季卡、年卡。',
};

/** Which kind the new product is. */
function Kinds() {
  const role = useRole();
  const kinds = Object.keys(KINDS) as ShelfKind[];
  const offered = kinds.filter((kind) => mayCall(role, kind === 'course' ? 'createCourse' : 'createProduct'));
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>新建商品</h1>
      </header>
      <div class="kinds">
        {offered.map((kind) => (
          <Link key={kind} to="/products/new" query={{ kind }}>
            <b>{wordOf('productKind', kind)}</b>
            <span>{KINDS[kind]}</span>
          </Link>
        ))}
      </div>
    </>
  );
}

function Stored({ id }: { readonly id: string }) {
  const { data, trouble, again } = useCall('getAnyProduct', { id });
  if (data === null && trouble !== null) return <TroubleNote trouble={trouble} again={again} />;
  if (data === null) return <Skeleton lines={8} />;
  return <Editor key={id} kind={data.product.kind} product={data.product} />;
}

const isKind = (text: string | undefined): text is ShelfKind =>
  text !== undefined && Object.hasOwn(words.shelfKind, text);

/** The product of the address, or a new one of the kind in it. */
export function Screen({ params }: ScreenProps) {
  const { kind } = usePlace().query;
  if (params.key !== undefined) return <Stored id={params.key} />;
  return isKind(kind) ? <Editor key={kind} kind={kind} product={null} /> : <Kinds />;
}
