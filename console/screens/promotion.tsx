/** What the editors of coupons, campaigns and flash sales share: the page, the stored one, and rows of lists. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { yuan } from '../../client/fen.ts';
import { Actions } from '../engine/action.tsx';
import { usesUpIds } from '../engine/asking.ts';
import { type Output, type Trouble, troubleOf } from '../engine/desk.ts';
import { Finder } from '../engine/finder.tsx';
import type { Typed, TypedFields } from '../engine/form.ts';
import { useDesk, useRole, useTitle } from '../engine/hooks.ts';
import { Input } from '../engine/input.tsx';
import { Labelled } from '../engine/labelled.tsx';
import { Latest } from '../engine/latest.ts';
import { Link } from '../engine/link.tsx';
import { mayCall } from '../engine/may.ts';
import { Empty, Skeleton, TroubleNote } from '../engine/notice.tsx';
import type { OperationName } from '../engine/schema.ts';
import { ProductName, useProduct } from '../engine/several.tsx';
import { Facts } from '../engine/table.tsx';
import { Tag } from '../engine/value.tsx';
import type { Action, Thing } from '../engine/view.ts';
import { type Form, faultAt } from './editor.tsx';

type Listed = 'listCampaigns' | 'listAllFlashSales' | 'listCouponTemplates';

/** One promotion of a list, which has no call of its own: the pages are read until it comes. */
export interface Stored<T> {
  readonly found: T | null;
  readonly isMissing: boolean;
  readonly trouble: Trouble | null;
  readonly again: () => void;
}

/** Reads the promotion with this id; nothing for null. */
export function useStored<O extends Listed>(name: O, id: string | null): Stored<Output<O>['items'][number]> {
  type Item = Output<O>['items'][number];
  const desk = useDesk();
  const [latest] = useState(() => new Latest());
  const [state, show] = useState<{ readonly found: Item | null; readonly isMissing: boolean }>({
    found: null,
    isMissing: false,
  });
  const [trouble, tell] = useState<Trouble | null>(null);
  const read = async () => {
    const isLatest = latest.begin();
    let cursor: string | null = null;
    do {
      const from: { readonly cursor?: string } = cursor === null ? {} : { cursor };
      const page: Output<Listed> = await desk.call(name, { limit: 50, ...from } as never);
      const found = page.items.find((item) => item.id === id) as Item | undefined;
      if (found !== undefined) return isLatest() && show({ found, isMissing: false });
      cursor = page.nextCursor;
    } while (cursor !== null);
    if (isLatest()) show({ found: null, isMissing: true });
  };
  const again = () => {
    tell(null);
    if (id !== null) read().catch((thrown: unknown) => tell(troubleOf(thrown)));
  };
  useEffect(again, [id]);
  useEffect(() => desk.watchChanges(again), [id]);
  return { ...state, trouble, again };
}

/** What stands until the promotion is there. */
export function Waiting({ stored, title }: { readonly stored: Stored<unknown>; readonly title: string }) {
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{title}</h1>
      </header>
      {stored.trouble !== null && <TroubleNote trouble={stored.trouble} again={stored.again} />}
      {stored.isMissing && (
        <section class="box">
          <Empty says={`没有这个${title}，可能已被删除。`} />
        </section>
      )}
      {!stored.isMissing && stored.trouble === null && (
        <section class="box">
          <Skeleton lines={8} />
        </section>
      )}
    </>
  );
}

/** Begins a new one like this one, for those who may. */
export function CopyLink({
  path,
  id,
  needs,
}: {
  readonly path: string;
  readonly id: string;
  readonly needs: OperationName;
}) {
  const role = useRole();
  if (!mayCall(role, needs)) return null;
  return (
    <Link to={path} query={{ from: id }} class="button">
      复制为新的
    </Link>
  );
}

const AFTER: Readonly<Record<string, string>> = {
  draft: '草稿还没有人看到。',
  published: '发布后规则不再改，只能延长、加量或提前结束。',
  ended: '已提前结束，不能恢复。',
};

/** A promotion that is no longer a draft, as it is, and what it takes off an example cart. */
export function Settled({
  title,
  state,
  type,
  thing,
  facts,
  actions,
  copy,
  children,
}: {
  readonly title: string;
  readonly state: string;
  readonly type: string;
  readonly thing: Thing;
  readonly facts: readonly string[];
  readonly actions: readonly Action[];
  readonly copy: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  useTitle(title);
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{title}</h1>
        <Tag words="promotionState" value={state} />
        <span class="grow" />
        {copy}
        <Actions actions={actions} thing={thing} isAll />
      </header>
      <div class="editor">
        <section class="box">
          <Facts type={type} thing={thing} columns={facts.map((of) => ({ of, title: null }))} />
          <p class="hint">{AFTER[state]}</p>
        </section>
        <aside>{children}</aside>
      </div>
    </>
  );
}

/** Sends a new promotion under an id that is kept until there is an answer. */
export function useKeptId(prefix: 'cmp' | 'fls' | 'tpl' | 'prd' | 'art') {
  const { ids } = useDesk();
  const purpose = `editor ${prefix}`;
  return {
    /** The id of what is being made. */
    id: () => ids.keep(purpose, prefix),
    /** Makes it; afterwards, and when the id stands for something else by now, the next one gets another. */
    make: async (work: (id: string) => Promise<unknown>) => {
      const id = ids.keep(purpose, prefix);
      try {
        await work(id);
        ids.drop(purpose);
        return id;
      } catch (thrown) {
        if (usesUpIds(troubleOf(thrown).code)) ids.drop(purpose);
        throw thrown;
      }
    },
  };
}

const isFields = (typed: Typed): typed is TypedFields =>
  typeof typed === 'object' && typed !== null && 'fields' in typed;

/** One row of a list that is typed: its fields, what is wrong with each, and what sets one. */
interface Row {
  readonly fields: TypedFields['fields'];
  readonly fault: (field: string) => string | null;
  readonly set: (field: string) => (text: string) => void;
}

/** A list of rows that can be added and removed. `word` is what one is called, `add` the button for one more. */
function Rows({
  form,
  name,
  empty,
  style,
  word,
  add,
  children,
}: {
  readonly form: Form;
  readonly name: string;
  readonly empty: TypedFields['fields'];
  readonly style: string;
  readonly word: string;
  readonly add: string;
  readonly children: (row: Row) => ComponentChildren;
}) {
  const typed = form.typed[name];
  const rows = (Array.isArray(typed) ? typed : []).map((row: Typed) => (isFields(row) ? row.fields : {}));
  const write = (next: readonly TypedFields['fields'][]) =>
    form.set(
      name,
      next.map((fields) => ({ fields })),
    );
  const rowAt = (fields: TypedFields['fields'], place: number): Row => ({
    fields,
    fault: (field) => faultAt(form, `${name}.${place}.${field}`),
    set: (field) => (text) => write(rows.map((row, at) => (at === place ? { ...row, [field]: text } : row))),
  });
  const own = faultAt(form, name);
  return (
    <>
      <ol class="rows">
        {rows.map((fields, place) => (
          <li key={place} class={style}>
            {children(rowAt(fields, place))}
            <button
              type="button"
              class="plain"
              aria-label={`移除第 ${place + 1} ${word}`}
              onClick={() => write(rows.filter((_, at) => at !== place))}
            >
              移除
            </button>
          </li>
        ))}
      </ol>
      {own !== null && <p class="fault">{own}</p>}
      <button type="button" class="add" onClick={() => write([...rows, empty])}>
        {add}
      </button>
    </>
  );
}

function NumberOf({
  row,
  field,
  label,
}: {
  readonly row: Row;
  readonly field: string;
  readonly label: string;
}) {
  const text = row.fields[field];
  const fault = row.fault(field);
  return (
    <Labelled label={label} fault={fault}>
      {(ids) => (
        <Input
          text={typeof text === 'string' ? text : ''}
          set={row.set(field)}
          control={{ ...ids, inputMode: 'decimal', class: 'number', 'aria-invalid': fault !== null }}
        />
      )}
    </Labelled>
  );
}

/** The steps of a campaign: from how much, how much off. */
export function Ladder({ form }: { readonly form: Form }) {
  const empty = { thresholdFen: '', offFen: '' };
  return (
    <Rows form={form} name="ladder" empty={empty} style="step" word="档" add="添加一档">
      {(row) => (
        <>
          <NumberOf row={row} field="thresholdFen" label="满（元）" />
          <NumberOf row={row} field="offFen" label="减（元）" />
        </>
      )}
    </Rows>
  );
}

/** One product: found by its name, or as it was chosen. */
function OneProduct({
  id,
  set,
  fault,
}: {
  readonly id: string;
  readonly set: (id: string) => void;
  readonly fault: string | null;
}) {
  const product = useProduct(id);
  if (product === null) {
    return (
      <Labelled label="商品" fault={fault}>
        {(ids) => (
          <Finder of="ProductId" text={id} set={set} control={{ ...ids, 'aria-invalid': fault !== null }} />
        )}
      </Labelled>
    );
  }
  const { title, listFen, state } = product;
  return (
    <div class="field">
      <span class="label">商品</span>
      <div class="chosen">
        <ProductName id={id} />
        <button type="button" class="small plain" aria-label={`更换 ${title}`} onClick={() => set('')}>
          更换
        </button>
      </div>
      <p class={fault === null ? 'hint' : 'fault'}>
        {fault ?? `原价 ${yuan(listFen)}${state === 'published' ? '' : '，还没有上架'}`}
      </p>
    </div>
  );
}

/** The products of a flash sale: each with its price and its seats. */
export function FlashItems({ form }: { readonly form: Form }) {
  const empty = { productId: '', priceFen: '', stock: '' };
  return (
    <Rows form={form} name="items" empty={empty} style="item" word="件" add="添加商品">
      {(row) => (
        <>
          <OneProduct
            id={typeof row.fields.productId === 'string' ? row.fields.productId : ''}
            set={row.set('productId')}
            fault={row.fault('productId')}
          />
          <NumberOf row={row} field="priceFen" label="秒杀价（元）" />
          <NumberOf row={row} field="stock" label="名额" />
        </>
      )}
    </Rows>
  );
}
