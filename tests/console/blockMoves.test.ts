import fc from 'fast-check';
import { formedOf, type TypedChoice, typedOf } from '../../console/engine/form.ts';
import * as moves from '../../console/screens/blockMoves.ts';
import { Block } from '../../shared/schemas/talk/article.ts';

const KINDS = [...moves.TEXT_KINDS, 'image', 'product'] as const;

/** Words without marks, blanks at their ends, or lines. */
const words = fc.stringMatching(/^[a-z一-龥]{1,12}$/);
const textBlocks = fc
  .tuple(fc.constantFrom(...moves.TEXT_KINDS), words, fc.boolean())
  .map(([kind, text, isNumbered]) => moves.textBlock(kind, text, isNumbered));
const blocks = fc.array(
  fc.oneof(textBlocks, fc.constantFrom('image' as const, 'product' as const).map(moves.emptyBlock)),
  { minLength: 1, maxLength: 6 },
);
const placed = blocks.chain((all) => fc.tuple(fc.constant(all), fc.nat(all.length - 1)));

const wordsOf = (all: readonly TypedChoice[]) =>
  all
    .map(moves.textOf)
    .join('\n')
    .split('\n')
    .filter((line) => line !== '');

describe('moves of blocks', () => {
  test('a step loses no block and is undone by the step back', () => {
    fc.assert(
      fc.property(placed, fc.constantFrom(-1 as const, 1 as const), ([all, at], step) => {
        const after = moves.stepped(all, at, step);
        expect([...after].map((one) => JSON.stringify(one)).sort()).toEqual(
          [...all].map((one) => JSON.stringify(one)).sort(),
        );
        const isMoved = all[at + step] !== undefined;
        expect(isMoved ? moves.stepped(after, at + step, step === 1 ? -1 : 1) : after).toEqual(all);
      }),
    );
  });

  test('words stay whatever kind of text their block becomes, and come back with the first kind', () => {
    fc.assert(
      fc.property(textBlocks, fc.constantFrom(...moves.TEXT_KINDS), (block, kind) => {
        const after = moves.turned(block, kind);
        expect([after.choice, moves.textOf(after)]).toEqual([kind, moves.textOf(block)]);
        expect(moves.textOf(moves.turned(after, block.choice as moves.TextKind))).toBe(moves.textOf(block));
      }),
    );
  });

  test('every new block that was filled in is one that the schema takes, and reads back as it was typed', () => {
    fc.assert(
      fc.property(textBlocks, (block) => {
        const formed = formedOf('Block', 'blocks', block);
        const value = 'value' in formed ? formed.value : null;
        expect(Block.safeParse(value).success).toBe(true);
        expect(typedOf('Block', 'blocks', value)).toEqual(block);
      }),
    );
    for (const kind of KINDS) expect(moves.isEmpty(moves.emptyBlock(kind))).toBe(true);
  });

  test('a pasted text keeps its words in their order, and those around it', () => {
    const texts = fc.array(words, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(words, words, texts, (before, after, lines) => {
        const block = moves.textBlock('quote', before + after);
        const at = before.length;
        const whole = moves.pasted(block, [at, at], lines.join('\r\n\n'));
        expect(wordsOf(whole)).toEqual([before, ...lines, after]);
        expect([whole[0]?.choice, whole.at(-1)?.choice]).toEqual(['quote', 'quote']);
      }),
    );
  });
});

describe('a plain text', () => {
  test('becomes headings, quotes, lists and paragraphs by the marks of its lines', () => {
    const text =
      '# 三步\n先看目录\n\n- 带着问题\n- 只读有关的\n1. 合上书\n2. 讲出来\n> 书是用来回答问题的\n3.5 倍速';
    expect(moves.blocksIn(text)).toEqual([
      moves.textBlock('heading', '三步'),
      moves.textBlock('paragraph', '先看目录'),
      moves.textBlock('list', '带着问题\n只读有关的'),
      moves.textBlock('list', '合上书\n讲出来', true),
      moves.textBlock('quote', '书是用来回答问题的'),
      moves.textBlock('paragraph', '3.5 倍速'),
    ]);
  });

  test('turns a paragraph by the mark that is typed at its beginning, and nothing else', () => {
    const turn = (text: string, kind: moves.TextKind = 'paragraph') =>
      moves.turnedByMark(moves.textBlock(kind, text));
    expect(turn('# ')).toEqual(moves.textBlock('heading', ''));
    expect(turn('1. 合上书')).toEqual(moves.textBlock('list', '合上书', true));
    expect([turn('#标签'), turn('1.5 倍'), turn('- ', 'quote'), turn('先看 - 目录')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
