/** Changes to the blocks of an article as they are typed. No words are lost by a move, a turn or a paste. */
import type { Block } from '../../client/types.ts';
import type { TypedChoice } from '../engine/form.ts';

/** The kinds of blocks. */
export type BlockKind = Block['kind'];

/** Kinds whose words can become any other of them. */
export const TEXT_KINDS = ['paragraph', 'heading', 'quote', 'list'] as const satisfies readonly BlockKind[];
export type TextKind = (typeof TEXT_KINDS)[number];

/** Whether a block is made of words alone. */
export const isTextKind = (kind: string): kind is TextKind => TEXT_KINDS.some((one) => one === kind);

const fieldText = ({ fields }: TypedChoice, name: string): string => {
  const typed = fields[name];
  return typeof typed === 'string' ? typed : '';
};

/** The words of a block; the points of a list one a line. */
export const textOf = (block: TypedChoice): string =>
  fieldText(block, block.choice === 'list' ? 'items' : 'text');

/** A block of words. A heading is one line. */
export function textBlock(kind: TextKind, text: string, isNumbered = false): TypedChoice {
  if (kind === 'list') return { choice: kind, fields: { isNumbered, items: text } };
  return { choice: kind, fields: { text: kind === 'heading' ? text.replace(/\s*\n\s*/g, ' ') : text } };
}

/** A new block with nothing in it. */
export function emptyBlock(kind: BlockKind): TypedChoice {
  if (kind === 'image') return { choice: kind, fields: { url: '', alt: '' } };
  return kind === 'product' ? { choice: kind, fields: { productId: '' } } : textBlock(kind, '');
}

/** Whether nothing was put into a block yet. */
export const isEmpty = (block: TypedChoice): boolean =>
  isTextKind(block.choice)
    ? textOf(block).trim() === ''
    : ['url', 'alt', 'productId'].every((name) => fieldText(block, name).trim() === '');

/** The block with other words. */
export const withText = (block: TypedChoice, text: string): TypedChoice => ({
  ...block,
  fields: { ...block.fields, [block.choice === 'list' ? 'items' : 'text']: text },
});

/** The block as another kind. Its words stay; what has none becomes an empty one. */
export function turned(block: TypedChoice, kind: BlockKind): TypedChoice {
  if (block.choice === kind) return block;
  return isTextKind(kind) && isTextKind(block.choice) ? textBlock(kind, textOf(block)) : emptyBlock(kind);
}

type Blocks = readonly TypedChoice[];

/** The blocks with others in the place of one. */
export const replaced = (blocks: Blocks, at: number, by: Blocks): Blocks => [
  ...blocks.slice(0, at),
  ...by,
  ...blocks.slice(at + 1),
];

/** The blocks with one more behind a place; at the beginning for -1. */
export const added = (blocks: Blocks, at: number, block: TypedChoice): Blocks => [
  ...blocks.slice(0, at + 1),
  block,
  ...blocks.slice(at + 1),
];

/** The blocks with one a step up or down; the same where it cannot go further. */
export function stepped(blocks: Blocks, at: number, step: -1 | 1): Blocks {
  const [own, other] = [blocks[at], blocks[at + step]];
  if (own === undefined || other === undefined) return blocks;
  return blocks.map((block, place) => (place === at ? other : place === at + step ? own : block));
}

const MARKS: readonly (readonly [mark: RegExp, kind: TextKind, isNumbered?: boolean])[] = [
  [/^#{1,6}[ \u3000]+/, 'heading'],
  [/^>[ \u3000]+/, 'quote'],
  [/^(?:[-*•·][ \u3000]+|[•·])/, 'list'],
  [/^\d{1,3}[.、)）][ \u3000]*(?!\d)/, 'list', true],
];

/** What the beginning of a line says that it is, without that beginning; null for a plain line. */
function marked(line: string): { kind: TextKind; isNumbered: boolean; text: string } | null {
  for (const [mark, kind, isNumbered = false] of MARKS) {
    const found = mark.exec(line);
    if (found !== null) return { kind, isNumbered, text: line.slice(found[0].length) };
  }
  return null;
}

/** A paragraph that begins with a mark and a blank, such as `# ` or `- `, as what it says; null for any other. */
export function turnedByMark(block: TypedChoice): TypedChoice | null {
  const text = textOf(block);
  if (block.choice !== 'paragraph' || !/^\S{1,4}[ \u3000]/.test(text)) return null;
  const found = marked(text);
  return found === null ? null : textBlock(found.kind, found.text, found.isNumbered);
}

/** A plain text as blocks: a paragraph for each line, and for lines that are marked what their marks say. */
export function blocksIn(text: string): Blocks {
  const blocks: TypedChoice[] = [];
  let isOpen = false;
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    const trimmed = line.trim();
    const found = marked(trimmed);
    const last = blocks.at(-1);
    const isNumbered = found?.isNumbered ?? false;
    if (trimmed === '' || found?.text.trim() === '') isOpen = false;
    else if (isOpen && last !== undefined && found?.kind === 'list' && last.fields.isNumbered === isNumbered)
      blocks[blocks.length - 1] = withText(last, `${textOf(last)}\n${found.text}`);
    else {
      blocks.push(
        found === null ? textBlock('paragraph', trimmed) : textBlock(found.kind, found.text, isNumbered),
      );
      isOpen = true;
    }
  }
  return blocks;
}

/** A text that is pasted into a block between two places of its words. One of several lines becomes several blocks. */
export function pasted(block: TypedChoice, [from, until]: readonly [number, number], text: string): Blocks {
  const [before, after] = [textOf(block).slice(0, from), textOf(block).slice(until)];
  const own = (words: string) => (words.trim() === '' ? [] : [withText(block, words)]);
  return [...own(before.trimEnd()), ...blocksIn(text), ...own(after.trimStart())];
}
