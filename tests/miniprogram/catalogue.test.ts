import fc from 'fast-check';
import type { CourseView, ProductView } from '../../client/types.ts';
import { cardOf, dotted, flashCardOf, ownedCardOf } from '../../miniprogram/model/card.ts';
import { coverAt, coverLetters } from '../../miniprogram/model/cover.ts';
import { detailView } from '../../miniprogram/model/detail.ts';
import { blocksOf, piecesOf } from '../../miniprogram/model/markdown.ts';
import { durationWords, outlineOf } from '../../miniprogram/model/outline.ts';
import { priceOf } from '../../miniprogram/model/price.ts';
import { routes } from '../../miniprogram/model/routes.ts';
import { seed } from '../support/seeded.ts';

beforeAll(() => fc.configureGlobal({ seed }));

const NOW = Date.parse('2026-11-30T04:00:00Z');
const DAY = 86_400_000;

const shared = {
  id: 'prd_1',
  title: '家庭理财入门：先看懂，再投资',
  subtitle: '记账、保险、基金与房贷',
  summary: '从一张家庭资产表开始。',
  category: 'life',
  tags: ['理财'],
  teacher: '梁静秋',
  coverUrl: 'https://static.example.com/covers/1.jpg',
  listFen: 12_900,
  limited: null,
  memberFen: null,
  isFreeForMembers: false,
  pointsPrice: null,
  price: { priceFen: 12_900, source: 'list', ownedFen: 0 },
  lessonCount: 5,
  publishedAtMs: NOW - DAY,
  access: { kind: 'days', days: 365 },
  refundPolicy: { windowDays: 7, tiers: [{ progressMax: 1_000, share: 10_000 }], isVoidAfterDownload: false },
  saleFromAtMs: null,
  saleUntilAtMs: null,
  durationSeconds: 3_900,
  owned: null,
} as const;

const course: CourseView = {
  ...shared,
  trialDays: 0,
  trialCount: 1,
  chapters: [
    {
      title: '底子',
      lessons: [
        { id: 'les_1', title: '画出家庭资产表', durationSeconds: 840, isTrial: true },
        { id: 'les_2', title: '应急金要多少', durationSeconds: 20, isTrial: false },
      ],
    },
  ],
};
const product: ProductView = {
  ...shared,
  kind: 'content',
  plan: null,
  parts: [],
  preview: '试读',
  hasFile: true,
};
const of = (change: Partial<CourseView>) => detailView({ kind: 'course', of: { ...course, ...change } }, NOW);

describe('prices', () => {
  test.each([
    [
      { priceFen: 12_900, source: 'list', ownedFen: 0 },
      { now: '¥129', was: '', tag: '' },
    ],
    [
      { priceFen: 9_900, source: 'limited', ownedFen: 0 },
      { now: '¥99', was: '¥129', tag: '限时价' },
    ],
    [
      { priceFen: 0, source: 'member', ownedFen: 0 },
      { now: '免费', was: '¥129', tag: '会员价' },
    ],
    [
      { priceFen: 2_950, source: 'list', ownedFen: 9_950 },
      { now: '¥29.50', was: '¥129', tag: '补差价' },
    ],
  ] as const)('%j', (price, shown) => {
    expect(priceOf({ listFen: 12_900, price })).toMatchObject(shown);
  });

  test('a free product is free, and nothing is struck through', () => {
    const free = { priceFen: 0, source: 'list', ownedFen: 0 } as const;
    expect(priceOf({ listFen: 0, price: free })).toMatchObject({ now: '免费', was: '', tag: '' });
  });
});

describe('cards', () => {
  test('a product says what it is and what it costs', () => {
    expect(cardOf({ ...product, kind: 'course' })).toMatchObject({
      meta: '5 节 · 梁静秋',
      price: { now: '¥129' },
      tag: '',
    });
    expect(cardOf({ ...product, isFreeForMembers: true })).toMatchObject({
      meta: '电子书 · 梁静秋',
      tag: '会员免费',
    });
  });

  test('what somebody has says until when, and no price', () => {
    const item = { ...product, parts: [], isTrial: false, untilAtMs: NOW + DAY };
    expect(ownedCardOf(item, NOW)).toMatchObject({ price: null, tag: '12月1日到期' });
    expect(ownedCardOf({ ...item, isTrial: false, untilAtMs: null }, NOW).tag).toBe('永久有效');
  });

  test('a flash sale says how many places are left', () => {
    const item = { ...shared, productId: 'prd_1', priceFen: 100, stock: 10, left: 3 };
    expect(flashCardOf(item, true)).toMatchObject({
      meta: '剩 3 席',
      price: { now: '¥1', was: '¥129', tag: '秒杀价' },
    });
    expect(flashCardOf({ ...item, left: 0 }, true).meta).toBe('已抢完');
    expect(flashCardOf(item, false).meta).toBe('限 10 席');
  });

  test('empty parts of a line leave no dot', () => {
    expect(dotted(['a', '', 'b'])).toBe('a · b');
    expect(dotted(['', ''])).toBe('');
  });
});

describe('a product’s page', () => {
  test('says the terms before anything is paid', () => {
    const { facts } = of({});
    expect(facts.map(({ label }) => label)).toEqual(['讲师', '内容', '有效期', '退款']);
    expect(facts.map(({ text }) => text)).toContain('5 节 · 1 小时 5 分钟');
  });

  test.each([
    ['for whoever has nothing', {}, { buy: '立即购买', mayPutInCart: true, note: '' }],
    ['that is free', { price: { ...shared.price, priceFen: 0 } }, { buy: '免费领取', mayPutInCart: false }],
    ['before its sale', { saleFromAtMs: NOW + DAY }, { buy: '', note: expect.stringContaining('开售') }],
    ['after its sale', { saleUntilAtMs: NOW }, { buy: '', note: '已停售' }],
    [
      'of somebody who may buy it again',
      { owned: { isOwned: true, isTrial: false, untilAtMs: NOW + DAY, mayBuy: true } },
      { buy: '延长有效期', mayPutInCart: false },
    ],
    [
      'of somebody who has it for ever',
      { owned: { isOwned: true, isTrial: false, untilAtMs: null, mayBuy: false } },
      { buy: '', note: '' },
    ],
    [
      'that a member has for nothing',
      { isFreeForMembers: true },
      { buy: '立即购买', isFreeForMembers: true },
    ],
  ] as const)('%s', (_, change, actions) => {
    expect(of(change).actions).toMatchObject(actions);
  });

  test('a membership is taken out, and renewed', () => {
    const membership = { ...product, kind: 'membership' as const };
    const view = (owned: ProductView['owned']) =>
      detailView({ kind: 'membership', of: { ...membership, owned } }, NOW);
    expect(view(null).actions).toMatchObject({ buy: '立即开通', mayPutInCart: false });
    expect(view({ isOwned: true, isTrial: false, untilAtMs: NOW + DAY, mayBuy: true })).toMatchObject({
      owned: '已开通，12月1日到期',
      actions: { buy: '续费' },
    });
  });

  test('a course is tried where that is offered, and what is on trial is still sold', () => {
    expect(of({ trialDays: 3 }).actions).toMatchObject({
      ...{ trial: '试学 3 天', buy: '立即购买', open: '', mayPutInCart: false },
    });
    const owned = { isOwned: true, isTrial: true, untilAtMs: NOW + DAY, mayBuy: true };
    const tried = of({ owned, trialDays: 0 });
    expect(tried.owned).toBe('试学中，12月1日到期');
    expect(tried.actions).toMatchObject({ trial: '', buy: '立即购买', open: '开始学习' });
    const item = { ...product, parts: [], isTrial: true, untilAtMs: NOW + DAY };
    expect(ownedCardOf(item, NOW).tag).toBe('试学，12月1日到期');
  });

  test('says what makes it cheaper', () => {
    const limited = { priceFen: 9_900, fromAtMs: NOW - DAY, untilAtMs: NOW + DAY };
    const price = { priceFen: 9_900, source: 'limited', ownedFen: 0 } as const;
    const { offers } = of({ limited, price, memberFen: 6_900, pointsPrice: 500, isFreeForMembers: true });
    expect(offers).toEqual([
      expect.stringContaining('限时价至'),
      '会员价 ¥69',
      '会员免费学',
      '500 积分可兑换',
    ]);
  });

  test('an outline opens trials to everybody and the rest to its owners', () => {
    const rows = (owned: CourseView['owned']) =>
      outlineOf({ chapters: course.chapters, owned }).flatMap(({ lessons }) => lessons);
    expect(rows(null)).toMatchObject([
      { note: '试听 · 14 分钟', isOpen: true },
      { note: '1 分钟', isOpen: false, label: '应急金要多少，1 分钟，购买后可学' },
    ]);
    expect(
      rows({ isOwned: true, isTrial: false, untilAtMs: null, mayBuy: false }).every(({ isOpen }) => isOpen),
    ).toBe(true);
  });
});

test('playing times', () => {
  expect([0, 20, 840, 3_600, 3_900].map(durationWords)).toEqual([
    '',
    '1 分钟',
    '14 分钟',
    '1 小时',
    '1 小时 5 分钟',
  ]);
});

describe('covers', () => {
  test('trap 19: a picture is asked for at the width that is needed', () => {
    expect(coverAt('https://a.example.com/1.jpg', 719.2)).toBe(
      'https://a.example.com/1.jpg?imageMogr2/thumbnail/720x',
    );
    expect(coverAt('https://a.example.com/1.jpg?x=1', 720)).toBe('https://a.example.com/1.jpg?x=1');
    expect(coverAt('/local.png', 720)).toBe('/local.png');
  });

  test('where there is none, letters of the title stand', () => {
    expect(coverLetters('《家庭》理财')).toBe('家庭');
    expect(coverLetters('')).toBe('');
  });
});

describe(`texts (seed ${seed})`, () => {
  test('Markdown becomes blocks', () => {
    const text = '# 一\n\n正文 **重点** 完\n- 项\n1. 一\n> 引\n---\n```\n<b>a</b>\n\nb\n```';
    expect(blocksOf(text).map(({ kind }) => kind)).toEqual([
      ...['heading', 'text', 'item', 'item', 'quote', 'rule', 'code'],
    ]);
    expect(blocksOf(text)[1]?.pieces).toEqual([
      { id: 0, text: '正文 ', isStrong: false },
      { id: 1, text: '重点', isStrong: true },
      { id: 2, text: ' 完', isStrong: false },
    ]);
    expect(blocksOf(text).at(-1)?.pieces[0]?.text).toBe('<b>a</b>\n\nb');
  });

  test('no letter of a line is lost or becomes HTML', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '*', '<', '>', '/', '中') }), (line) => {
        const text = piecesOf(line)
          .map((piece) => (piece.isStrong ? `**${piece.text}**` : piece.text))
          .join('');
        expect(text).toBe(line);
      }),
    );
  });

  test('ids of blocks are those of their places, so that a list of them has keys', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '\n', '#', ' ', '-', '`', '>', '1', '.') }),
        (text) => {
          expect(blocksOf(text).map(({ id }) => id)).toEqual(blocksOf(text).map((_, index) => index));
        },
      ),
    );
  });
});

test('an address carries what it is given, coded, and nothing that is not', () => {
  expect(routes.detail('prd_1', 'course')).toBe('/pages/detail/detail?id=prd_1&kind=course');
  expect(routes.detail('a&b')).toBe('/pages/detail/detail?id=a%26b');
});
