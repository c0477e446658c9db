/** The blocks of an article: written one below the other by the keyboard, and shown as readers will see them. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Fields } from '../engine/field.tsx';
import type { Fault, TypedChoice } from '../engine/form.ts';
import { wordOf } from '../engine/schema.ts';
import { ProductName } from '../engine/several.tsx';
import { isPicture } from '../engine/value.tsx';
import * as moves from './blockMoves.ts';
import { FileField } from './fileField.tsx';

type Blocks = readonly TypedChoice[];

const KINDS = ['paragraph', 'heading', 'quote', 'list', 'image', 'product'] as const;

/** Where the focus goes after a change: into a block, at this place of its words; at their end for null. */
interface Aim {
  readonly at: number;
  readonly caret: number | null;
}

/** What can be done with the blocks. */
interface Writing {
  readonly blocks: Blocks;
  readonly write: (blocks: Blocks, aim?: Aim) => void;
  readonly say: (words: string) => void;
}

const nameOf = (kind: string) => wordOf('blockKind', kind);

/** What a key does in a field of words; undefined for what the browser does with it. */
function keyed(
  { blocks, write, say }: Writing,
  at: number,
  field: HTMLTextAreaElement,
  { key, altKey, shiftKey, isComposing }: KeyboardEvent,
): (() => void) | undefined {
  const block = blocks[at];
  if (block === undefined || isComposing) return undefined;
  const step = key === 'ArrowUp' ? -1 : 1;
  if (altKey && (key === 'ArrowUp' || key === 'ArrowDown'))
    return () => {
      if (blocks[at + step] === undefined) return;
      write(moves.stepped(blocks, at, step), { at: at + step, caret: field.selectionStart });
      say(`${nameOf(block.choice)} 已${step === 1 ? '下' : '上'}移。`);
    };
  if (key === 'Backspace' && field.value === '' && blocks.length > 1)
    return () => write(moves.replaced(blocks, at, []), { at: Math.max(0, at - 1), caret: null });
  if (key !== 'Enter' || shiftKey) return undefined;
  const [from, until] = [field.selectionStart, field.selectionEnd];
  const [before, after] = [field.value.slice(0, from), field.value.slice(until)];
  // A list ends with an empty point, anything else with each Enter.
  const isListGoingOn = block.choice === 'list' && !(before.endsWith('\n') || before === '');
  if (isListGoingOn) return undefined;
  const next = moves.textBlock('paragraph', after.replace(/^\n/, ''));
  return () => {
    write(moves.replaced(blocks, at, [moves.withText(block, before.replace(/\n$/, '')), next]), {
      at: at + 1,
      caret: 0,
    });
  };
}

function Words({
  of,
  at,
  fault,
}: {
  readonly of: Writing;
  readonly at: number;
  readonly fault: string | null;
}) {
  const block = of.blocks[at] as TypedChoice;
  const put = (text: string) => {
    const next = moves.withText(block, text);
    const turned = moves.turnedByMark(next);
    of.write(
      moves.replaced(of.blocks, at, [turned ?? next]),
      ...(turned === null ? [] : [{ at, caret: null }]),
    );
    if (turned !== null) of.say(`已转为${nameOf(turned.choice)}。`);
  };
  const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement }) => {
    const act = keyed(of, at, event.currentTarget, event);
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const onPaste = (event: ClipboardEvent & { readonly currentTarget: HTMLTextAreaElement }) => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (block.choice === 'list' || !text.trim().includes('\n')) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = event.currentTarget;
    const all = moves.pasted(block, [selectionStart, selectionEnd], text);
    of.write(moves.replaced(of.blocks, at, all), { at: at + all.length - 1, caret: null });
    of.say(`已粘贴为 ${all.length} 块。`);
  };
  return (
    <textarea
      rows={1}
      class={block.choice}
      aria-label={`第 ${at + 1} 块，${nameOf(block.choice)}`}
      aria-invalid={fault !== null}
      placeholder={PLACEHOLDERS[block.choice] ?? ''}
      value={moves.textOf(block)}
      onInput={(event) => put(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
    />
  );
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  paragraph: '段落',
  heading: '小标题',
  quote: '引用',
  list: '每行一项',
};

const PICTURE_FIELDS = [{ name: 'alt', type: 'text:0:100' }];
const PRODUCT_FIELDS = [{ name: 'productId', type: 'ProductId' }];
const NUMBERED_FIELDS = [{ name: 'isNumbered', type: 'bool' }];

function Body({
  of,
  at,
  faults,
}: {
  readonly of: Writing;
  readonly at: number;
  readonly faults: readonly Fault[];
}) {
  const block = of.blocks[at] as TypedChoice;
  const put = (fields: TypedChoice['fields']) =>
    of.write(moves.replaced(of.blocks, at, [{ ...block, fields: { ...block.fields, ...fields } }]));
  const own = { typed: block.fields, type: put, faults };
  const says = faults[0]?.says ?? null;
  if (block.choice === 'product')
    return (
      <>
        <Fields fields={PRODUCT_FIELDS} {...own} />
        {/^prd_[0-9A-Z]{26}$/.test(String(block.fields.productId)) && (
          <ProductName id={String(block.fields.productId)} />
        )}
      </>
    );
  if (block.choice === 'image')
    return (
      <>
        <FileField
          label="图片"
          kind="cover"
          value={String(block.fields.url ?? '')}
          set={({ upload }) => put({ url: upload.publicUrl ?? '' })}
          hint="JPG、PNG 或 WebP，不超过 5 MB。"
          fault={faults.find(({ at: place }) => place === 'url')?.says ?? null}
        />
        <Fields
          fields={PICTURE_FIELDS}
          {...own}
          labels={{ alt: '图片说明（看不到图片的人会听到，可不填）' }}
        />
      </>
    );
  return (
    <>
      <Words of={of} at={at} fault={says} />
      {block.choice === 'list' && <Fields fields={NUMBERED_FIELDS} {...own} />}
      {says !== null && <p class="fault">{says}</p>}
    </>
  );
}

function Row({
  of,
  at,
  faults,
}: {
  readonly of: Writing;
  readonly at: number;
  readonly faults: readonly Fault[];
}) {
  const { blocks, write, say } = of;
  const block = blocks[at] as TypedChoice;
  const step = (by: -1 | 1) => {
    write(moves.stepped(blocks, at, by), { at: at + by, caret: null });
    say(`${nameOf(block.choice)} 已${by === 1 ? '下' : '上'}移。`);
  };
  return (
    <li class="block">
      <div class="tools">
        <select
          aria-label={`第 ${at + 1} 块的类型`}
          value={block.choice}
          onInput={({ currentTarget }) =>
            write(moves.replaced(blocks, at, [moves.turned(block, currentTarget.value as moves.BlockKind)]))
          }
        >
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {nameOf(kind)}
            </option>
          ))}
        </select>
        <span class="grow" />
        <button
          type="button"
          class="small plain"
          aria-label={`第 ${at + 1} 块上移`}
          disabled={at === 0}
          onClick={() => step(-1)}
        >
          上移
        </button>
        <button
          type="button"
          class="small plain"
          aria-label={`第 ${at + 1} 块下移`}
          disabled={at === blocks.length - 1}
          onClick={() => step(1)}
        >
          下移
        </button>
        <button
          type="button"
          class="small plain danger"
          aria-label={`移除第 ${at + 1} 块`}
          onClick={() => {
            write(moves.replaced(blocks, at, []), { at: Math.max(0, at - 1), caret: null });
            say(`${nameOf(block.choice)} 已移除。`);
          }}
        >
          移除
        </button>
      </div>
      <Body of={of} at={at} faults={faults} />
    </li>
  );
}

/** Puts the focus where a change says, once it is drawn. */
function useAim() {
  const list = useRef<HTMLOListElement>(null);
  const [aim, take] = useState<Aim | null>(null);
  useLayoutEffect(() => {
    if (aim === null) return;
    const row = list.current?.children[aim.at];
    const field =
      row?.querySelector<HTMLElement>('textarea, input') ?? row?.querySelector<HTMLElement>('select');
    field?.focus();
    if (field instanceof HTMLTextAreaElement) {
      const caret = aim.caret ?? field.value.length;
      field.setSelectionRange(caret, caret);
    }
    take(null);
  }, [aim]);
  return { list, take };
}

/** The blocks as they are written. `faultsOf` says what is wrong with one, by the names of its fields. */
export function BlocksEditor({
  blocks,
  set,
  faultsOf,
  fault,
}: {
  readonly blocks: Blocks;
  readonly set: (blocks: Blocks) => void;
  readonly faultsOf: (at: number) => readonly Fault[];
  /** What is wrong with all of them together. */
  readonly fault: string | null;
}) {
  const { list, take } = useAim();
  const [says, say] = useState('');
  // Two keys may come before anything is drawn.
  const current = useRef(blocks);
  useEffect(() => {
    current.current = blocks;
  }, [blocks]);
  const write = (next: Blocks, aim?: Aim) => {
    current.current = next;
    set(next);
    if (aim !== undefined) take(aim);
  };
  const of: Writing = { blocks, write, say };
  const add = (kind: moves.BlockKind) =>
    write(moves.added(current.current, current.current.length - 1, moves.emptyBlock(kind)), {
      at: current.current.length,
      caret: 0,
    });
  return (
    <>
      <ol ref={list} class="blocks">
        {blocks.map((_, at) => (
          <Row key={at} of={of} at={at} faults={faultsOf(at)} />
        ))}
      </ol>
      {fault !== null && <p class="fault">{fault}</p>}
      <p class="actions">
        {KINDS.map((kind) => (
          <button key={kind} type="button" class="small" onClick={() => add(kind)}>
            添加{nameOf(kind)}
          </button>
        ))}
      </p>
      <p class="hint by-keys">
        <kbd>Enter</kbd> 新的一段，<kbd>Shift</kbd> <kbd>Enter</kbd> 换行，空白时 <kbd>Backspace</kbd> 移除，
        <kbd>Alt</kbd> <kbd>↑</kbd> <kbd>↓</kbd> 移动。段首输入 # 、&gt; 、- 或 1.
        加空格，转为小标题、引用或列表。 粘贴的纯文本按行分段。
      </p>
      <p class="unseen" role="status">
        {says}
      </p>
    </>
  );
}

function Shown({ block }: { readonly block: TypedChoice }) {
  const text = moves.textOf(block);
  const { url, alt, productId, isNumbered } = block.fields;
  switch (block.choice) {
    case 'heading':
      return <h3>{text}</h3>;
    case 'quote':
      return <blockquote>{text}</blockquote>;
    case 'list': {
      const points = text.split('\n').filter((line) => line.trim() !== '');
      const List = isNumbered === true ? 'ol' : 'ul';
      return (
        <List>
          {points.map((point, at) => (
            <li key={at}>{point}</li>
          ))}
        </List>
      );
    }
    case 'image':
      return isPicture(String(url)) ? <img src={String(url)} alt={String(alt ?? '')} /> : null;
    case 'product':
      return (
        <p class="card">
          <ProductName id={String(productId)} />
        </p>
      );
    default:
      return <p>{text}</p>;
  }
}

/** What readers will see. */
export function ArticlePreview({
  title,
  about,
  blocks,
}: {
  readonly title: string;
  readonly about: string;
  readonly blocks: Blocks;
}) {
  return (
    <section class="box" aria-label="预览">
      <p class="hint">读者看到的样子</p>
      <article class="reading">
        <h2>{title === '' ? '（没有标题）' : title}</h2>
        {about !== '' && <p class="hint">{about}</p>}
        {blocks
          .filter((block) => !moves.isEmpty(block))
          .map((block, at) => (
            <Shown key={at} block={block} />
          ))}
      </article>
    </section>
  );
}
