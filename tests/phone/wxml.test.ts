import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { compileTemplate } from '../../local/phone/compile.ts';
import { printExpression, readExpression } from '../../local/phone/expression.ts';
import { Outside } from '../../local/phone/outside.ts';
import { readTemplate } from '../../local/phone/template.ts';
import { readWxml, type WxmlNode } from '../../local/phone/wxml.ts';
import { compileSheet } from '../../local/phone/wxss.ts';
import { onPhone } from './support/page.ts';

const place = { file: 'p.wxml', components: new Set(['tile']), isComponent: false };

/** Pieces of templates, whole and broken. */
const piece = fc.constantFrom(
  ...['<view>', '</view>', '<view', '/>', '>', '</', '<!--', '-->', '{{', '}}', '"', "'", '=', '\n', '&lt;'],
  ...[
    '<text>',
    '</text>',
    ' wx:if="{{a}}"',
    ' wx:for="{{a.b}}"',
    ' wx:key="id"',
    ' bind:tap="b"',
    'a ? b : c',
  ],
  ...[
    '<input aria-label="x"/>',
    '<slot/>',
    ' class="x {{y}}"',
    '(',
    ')',
    '[',
    ']',
    '&&',
    '!',
    '.',
    'x',
    '中',
  ],
);
const soup = fc.oneof(
  fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
  fc.string({ maxLength: 200 }),
);

test('whatever is read ends, with a template or with the line of the mistake', () => {
  fc.assert(
    fc.property(soup, (text) => {
      const lines = text.split('\n').length;
      try {
        compileTemplate('p.wxml', readTemplate(place, text));
      } catch (caught) {
        if (!(caught instanceof Outside)) throw caught;
        expect(caught.line).toBeGreaterThanOrEqual(1);
        expect(caught.line).toBeLessThanOrEqual(lines);
        expect(caught.message.startsWith(`p.wxml:${caught.line}: `)).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('whatever sheet is read ends, with rules or with the line of the mistake', () => {
  const rule = fc.constantFrom(
    ...['.a', '{', '}', ';', 'color: red', '@media', '/*', '*/', '\n', ' > ', 'page', ','],
  );
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 40 }), (pieces) => {
      try {
        compileSheet('p.wxss', pieces.join(' '), 'p');
      } catch (caught) {
        if (!(caught instanceof Outside)) throw caught;
        expect(caught.line).toBeLessThanOrEqual(pieces.join(' ').split('\n').length);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('the source of what was read says the same as what was read', () => {
  const name = fc.constantFrom('view', 'text', 'button');
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('words', '{{a}}', 'a{{b}}c'),
      fc
        .tuple(name, fc.array(tie('node'), { maxLength: 4 }))
        .map(([tag, within]) => `<${tag}>${within.join('')}</${tag}>`),
    ),
  })).node;
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 4 }), (nodes) => {
      const text = nodes.join('');
      const printed = (read: readonly WxmlNode[]): string =>
        read
          .map((one) =>
            one.kind === 'text' ? one.text : `<${one.tag}>${printed(one.children)}</${one.tag}>`,
          )
          .join('');
      expect(printed(readWxml('p.wxml', text))).toBe(text);
    }),
  );
});

test('expressions bind as in JavaScript', () => {
  const value = fc.letrec<{ of: string }>((tie) => ({
    of: fc.oneof(
      { maxDepth: 4 },
      fc.integer({ min: 0, max: 9 }).map(String),
      fc.constantFrom('true', 'false', "'x'"),
      fc
        .tuple(
          tie('of'),
          fc.constantFrom('+', '-', '*', '<', '>', '===', '!==', '&&', '||', '==='),
          tie('of'),
        )
        .map(([left, sign, right]) => `${left} ${sign} ${right}`),
      tie('of').map((of) => `!(${of})`),
      tie('of').map((of) => `(${of})`),
      fc.tuple(tie('of'), tie('of'), tie('of')).map(([a, b, c]) => `(${a}) ? ${b} : ${c}`),
    ),
  })).of;
  fc.assert(
    fc.property(value, (text) => {
      const printed = printExpression(readExpression(text), (name) => name, true);
      expect(runInNewContext(printed)).toEqual(runInNewContext(text));
    }),
    { numRuns: 500 },
  );
});

/** Templates with the words that WeChat shows for this data. */
const SHOWN: readonly (readonly [what: string, wxml: string, shows: string])[] = [
  ['a text', '<view>一 {{n}} 二</view>', '一 3 二'],
  ['an expression', '<view>{{n > 2 ? "多" : "少"}}{{n * 2 + 1}}</view>', '多7'],
  ['a field of nothing', '<view>{{none.field ? "有" : "没有"}}</view>', '没有'],
  ['if', '<view wx:if="{{n === 3}}">三</view><view wx:else>别的</view>', '三'],
  ['elif', '<view wx:if="{{no}}">一</view><view wx:elif="{{yes}}">二</view><view wx:else>三</view>', '二'],
  ['else', '<view wx:if="{{no}}">一</view><view wx:elif="{{no}}">二</view><view wx:else>三</view>', '三'],
  ['a list', '<view wx:for="{{list}}" wx:key="id">{{index}}{{item.id}}</view>', '0a 1b'],
  ['a list of texts', '<text wx:for="{{texts}}" wx:key="*this">{{item}}</text>', '甲 乙'],
  [
    'named items',
    '<view wx:for="{{list}}" wx:key="id" wx:for-item="one" wx:for-index="at">{{at}}{{one.id}}</view>',
    '0a 1b',
  ],
  [
    'a list in a list',
    '<view wx:for="{{rows}}" wx:key="id"><text wx:for="{{item.cells}}" wx:key="*this">{{item}}</text></view>',
    '1 2 3',
  ],
  ['a list of its own', '<text wx:for="{{[1, 2]}}" wx:key="*this">{{item}}</text>', '1 2'],
  ['an empty list', '<view wx:for="{{[]}}" wx:key="id">{{item.id}}</view>', ''],
  ['a block', '<block wx:if="{{yes}}"><view>一</view><view>二</view></block>', '一 二'],
  ['what is hidden', '<view hidden="{{yes}}">一</view><view hidden="{{no}}">二</view>', '二'],
  ['a comment', '<view><!-- {{n}} <view> -->一</view>', '一'],
  ['entities', '<view>&lt;{{n}}&gt; &amp;</view>', '<3> &'],
  ['a sign in quotes', '<view class="{{n > 2 ? \'a\' : \'b\'}}">{{"a>b"}}</view>', 'a>b'],
  ['an index', '<view>{{list[1].id}}{{texts[n - 3]}}</view>', 'b甲'],
  ['text in text', '<text>一<text>二</text></text>', '一 二'],
  ['a switch of kinds', '<text wx:if="{{no}}">一</text><button wx:else>二</button>', '二'],
];

test.each(SHOWN)('%s', async (_, wxml, shows) => {
  const data = `{ n: 3, yes: true, no: false, none: null, texts: ['甲', '乙'], list: [{ id: 'a' }, { id: 'b' }],
    rows: [{ id: 'r', cells: [1, 2] }, { id: 's', cells: [3] }] }`;
  const phone = await onPhone({ wxml, page: `{ data: ${data} }` });
  expect(phone.text).toBe(shows);
});

/** Templates that do not build, with the words that say why. */
const REFUSED: readonly (readonly [wxml: string, why: string])[] = [
  ['<web-view />', '<web-view> is not among'],
  ['<view>\n<text>\n</view>', 'p.wxml:3: </view> closes <text>'],
  ['<view>\n', 'p.wxml:1: <view> is not closed'],
  ['<view a:b="1" />', 'a:b is not supported'],
  ['<view foo="1" />', 'has no attribute foo'],
  ['<view>{{ f(1) }}</view>', 'calls nothing'],
  ['<view>{{ a ? b }}</view>', '“:” is missing'],
  ['<view>{{ {a: 1} }}</view>', 'cannot stand in an expression'],
  ['<view>{{a</view>', '“{{” is not closed'],
  ['<view wx:for="{{a}}">x</view>', 'wx:for without wx:key'],
  ['<view wx:else>x</view>', 'without wx:if'],
  ['<view wx:if="{{a}}" wx:for="{{b}}" wx:key="id" />', 'put a <block> around'],
  ['<view wx:if="a" />', 'takes one expression'],
  ['<view hidden="false" />', 'a text is always true'],
  ['<input aria-label="x" maxlength="5" />', 'maxlength takes {{ }}'],
  ['<view bind:input="a" />', 'has no event input'],
  ['<view bind:tap="{{a}}" aria-role="button">x</view>', 'names one handler'],
  ['<view bind:tap="a">x</view>', 'has no aria-role'],
  ['<view bind:tap="a" aria-role="heading">x</view>', 'is nothing to tap'],
  ['<view bind:tap="a" aria-role="button" />', 'has no aria-label'],
  ['<button />', 'neither a text nor an aria-label'],
  ['<image src="x" />', 'neither aria-label nor aria-hidden'],
  ['<input />', 'no aria-label, and no <label>'],
  ['<view data-orderId="1" />', 'makes capital letters small'],
  ['<text><view /></text>', '<text> holds texts alone'],
  ['<input aria-label="x">y</input>', '<input> holds nothing'],
  ['<image aria-hidden="true" src="x" mode="wide" />', 'mode is one of'],
  ['<slot />', '<slot> stands in components alone'],
  ['<block class="x" />', 'takes no class'],
  ['<view class="a" class="b" />', 'given twice'],
  ['<view class=a />', 'has no quotes'],
];

test.each(REFUSED)('%s is refused', (wxml, why) => {
  expect(() => readTemplate(place, wxml)).toThrow(why);
});
