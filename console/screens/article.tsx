/** The editor of an article: its title and cover, its blocks, and beside them what readers will see. */
import { useEffect, useState } from 'preact/hooks';
import type { StaffArticleView } from '../../client/types.ts';
import { articleActions } from '../catalogueActions.ts';
import { Asked } from '../engine/field.tsx';
import { type Fault, type TypedChoice, typedOf } from '../engine/form.ts';
import { go, useCall, useDesk, useTitle } from '../engine/hooks.ts';
import { Skeleton, TroubleNote } from '../engine/notice.tsx';
import { Tag } from '../engine/value.tsx';
import type { Action, ScreenProps, Thing } from '../engine/view.ts';
import { emptyBlock, isEmpty } from './blockMoves.ts';
import { ArticlePreview, BlocksEditor } from './blocks.tsx';
import { editedFields } from './editedFields.ts';
import { EditorPage, type Form, faultAt, Part, Some, useForm } from './editor.tsx';
import { FileField } from './fileField.tsx';
import { useKeptId } from './promotion.tsx';

const ACTIONS = articleActions as readonly Action[];

const [BLOCKS_MAX, CHARACTERS_MAX, PRODUCTS_MAX] = [100, 30_000, 5];

const FIRST = { title: '', summary: '', coverUrl: null, tags: [], isOriginal: true, blocks: [] };

/** What is written of an article, as it is sent. */
function writtenOf({ title, summary, coverUrl, tags, isOriginal, blocks }: StaffArticleView) {
  return { title, summary, coverUrl, tags, isOriginal, blocks };
}

/** What the schema refuses of all blocks together. */
function checkBlocks({ blocks }: Thing): readonly Fault[] {
  const all = Array.isArray(blocks) ? blocks : [];
  const products = all.flatMap(({ productId = null }) => (productId === null ? [] : [productId]));
  const says = [
    all.length > BLOCKS_MAX && `最多 ${BLOCKS_MAX} 块，现在有 ${all.length} 块。`,
    JSON.stringify(all).length > CHARACTERS_MAX && `全文太长，最多约 ${CHARACTERS_MAX} 个字。`,
    products.length > PRODUCTS_MAX && `商品最多 ${PRODUCTS_MAX} 件。`,
    new Set(products).size < products.length && '同一件商品只能放一次。',
  ].find((one) => one !== false);
  return says === undefined ? [] : [{ at: 'blocks', says }];
}

/** The blocks as they are written. The form has those that are not empty, because nobody means an empty one. */
function useBlocks(form: Form, first: readonly unknown[]) {
  const [blocks, show] = useState<readonly TypedChoice[]>(() =>
    first.length === 0
      ? [emptyBlock('paragraph')]
      : first.map((block) => typedOf('Block', 'blocks', block) as TypedChoice),
  );
  return {
    blocks,
    set: (next: readonly TypedChoice[]) => {
      show(next);
      form.set(
        'blocks',
        next.filter((block) => !isEmpty(block)),
      );
    },
    faultsOf: (at: number): readonly Fault[] => {
      const block = blocks[at];
      if (block === undefined || isEmpty(block)) return [];
      const place = blocks.slice(0, at).filter((one) => !isEmpty(one)).length;
      const prefix = `blocks.${place}.`;
      return form.faults
        .filter((fault) => fault.at.startsWith(prefix))
        .map(({ at: whole, says }) => ({ at: whole.slice(prefix.length), says }));
    },
  };
}

function About({ form }: { readonly form: Form }) {
  const isOriginal = form.fields.find(({ name }) => name === 'isOriginal');
  return (
    <Part title="介绍">
      <Some form={form} names={['title', 'summary', 'tags']} />
      {isOriginal !== undefined && (
        <Asked
          field={isOriginal}
          typed={form.typed.isOriginal ?? null}
          type={(next) => form.set('isOriginal', next)}
          faults={form.faults}
          at="isOriginal"
        />
      )}
      <FileField
        label="封面（可不填）"
        kind="cover"
        value={String(form.typed.coverUrl ?? '')}
        set={({ upload }) => form.set('coverUrl', upload.publicUrl ?? '')}
        clear={() => form.set('coverUrl', '')}
        hint="JPG、PNG 或 WebP，不超过 5 MB。建议宽高比 16:9。"
        fault={faultAt(form, 'coverUrl')}
      />
    </Part>
  );
}

/**
 * Saves: what is there, or something new. What was only published or withdrawn meanwhile is saved over; what somebody
 * else rewrote is refused.
 */
function useSaving(article: StaffArticleView | null) {
  const desk = useDesk();
  const kept = useKeptId('art');
  const [seen, see] = useState(article);
  useEffect(() => {
    const isSame = JSON.stringify(article && writtenOf(article)) === JSON.stringify(seen && writtenOf(seen));
    if (article !== null && seen !== null && article.version > seen.version && isSame) see(article);
  }, [article, seen]);
  return async (value: Thing) => {
    if (seen === null) {
      const id = await kept.make((made) => desk.change('createArticle', { id: made, ...value } as never));
      return go(`/articles/${id}`, {}, true);
    }
    const input = { id: seen.id, expectedVersion: seen.version, ...value };
    see((await desk.change('updateArticle', input as never)).article);
  };
}

function Editor({ article }: { readonly article: StaffArticleView | null }) {
  const first = article === null ? FIRST : writtenOf(article);
  const [fields] = useState(() => editedFields('ArticleDraft', ['id']));
  const form = useForm(fields, first, checkBlocks);
  const { blocks, set, faultsOf } = useBlocks(form, first.blocks);
  const save = useSaving(article);
  const { title, summary, isOriginal } = form.typed;
  return (
    <EditorPage
      title={article?.title ?? '新建文章'}
      state={article !== null && <Tag words="articleState" value={article.state} />}
      actions={ACTIONS}
      thing={article as Thing | null}
      form={form}
      save={save}
      saves={article?.state === 'published' ? '保存，立即生效' : '保存'}
      after={null}
      aside={
        <ArticlePreview
          title={String(title ?? '')}
          about={[isOriginal === true ? '原创' : '', String(summary ?? '')]
            .filter((one) => one !== '')
            .join(' · ')}
          blocks={blocks}
        />
      }
    >
      <About form={form} />
      <Part title="正文">
        <BlocksEditor blocks={blocks} set={set} faultsOf={faultsOf} fault={faultAt(form, 'blocks')} />
      </Part>
    </EditorPage>
  );
}

function Stored({ id }: { readonly id: string }) {
  const { data, trouble, again } = useCall('getAnyArticle', { id });
  useTitle(data?.article.title ?? null);
  if (data === null && trouble !== null) return <TroubleNote trouble={trouble} again={again} />;
  return data === null ? <Skeleton lines={8} /> : <Editor key={id} article={data.article} />;
}

/** The article of the address, or a new one. */
export function Screen({ params }: ScreenProps) {
  return params.key === undefined ? <Editor article={null} /> : <Stored id={params.key} />;
}
