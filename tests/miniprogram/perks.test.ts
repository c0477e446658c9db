import fc from 'fast-check';
import type {
  CartView,
  ClaimableView,
  CouponRule,
  CouponView,
  GiftView,
  MyGiftView,
  NotClaimable,
  PointsEntryView,
  PointsStatement,
  ProductCard,
} from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { cartPage } from '../../miniprogram/model/cartView.ts';
import {
  claimTicket,
  couponAmount,
  couponCondition,
  couponScope,
  ownTicket,
} from '../../miniprogram/model/couponView.ts';
import { givenView, receivedView } from '../../miniprogram/model/giftView.ts';
import { mineViews, planViews } from '../../miniprogram/model/membershipView.ts';
import {
  balanceView,
  exchangeViews,
  lastMonths,
  monthWords,
  movementView,
  statementLines,
} from '../../miniprogram/model/pointsView.ts';
import { groupedCode, isWholeCode, plainCode } from '../../miniprogram/model/typedCode.ts';
import { codeOf, printedCode, readCode } from '../../shared/domain/access/redeemCode.ts';
import { seed } from '../support/seeded.ts';

const NOW = new Date(2026, 10, 30, 12, 0).getTime();
const DAY = 86_400_000;

describe('coupons', () => {
  const off: CouponRule = { kind: 'full_reduction', thresholdFen: 9_900, offFen: 2_000 };

  test.each<[CouponRule, string, string]>([
    [off, '¥20', '满 ¥99 可用'],
    [{ kind: 'fixed', offFen: 550 }, '¥5.50', '无门槛'],
    [
      { kind: 'discount', thresholdFen: 0, offBasisPoints: 1_500, capFen: 5_000 },
      '8.5 折',
      '无门槛，最多减 ¥50',
    ],
  ])('a rule is told as %j', (rule, amount, condition) => {
    expect([couponAmount(rule), couponCondition(rule)]).toEqual([amount, condition]);
  });

  test('a scope is told by kinds, not by ids', () => {
    expect(couponScope({ kind: 'kinds', kinds: ['course', 'column'] })).toBe('限课程、专栏');
    expect(couponScope({ kind: 'products', productIds: ['prd_1', 'prd_2'] })).toBe('限 2 件指定商品');
  });

  const claimable = (change: Partial<ClaimableView>): ClaimableView => ({
    ...{ id: 'tpl_1', title: '满减', rule: off, scope: { kind: 'all' }, validity: { kind: 'days', days: 7 } },
    ...{ claimFromAtMs: NOW, claimUntilAtMs: NOW + DAY, perUserMax: 3, pointsPrice: null, claimedCount: 1 },
    ...{ mayClaim: true, whyNot: null },
    ...change,
  });

  test('the next one is claimed by its number, so a double tap claims one', () => {
    expect(claimTicket(claimable({}), NOW)).toMatchObject({ number: 2, label: '领取', mayClaim: true });
  });

  test('why it cannot be claimed stands where the button was', () => {
    for (const whyNot of Object.keys(words.notClaimable) as NotClaimable[]) {
      const ticket = claimTicket(claimable({ mayClaim: false, whyNot }), NOW);
      expect(ticket.label).not.toBe('领取');
      expect(ticket.mayClaim).toBe(whyNot === 'login_first');
    }
    const forPoints = claimable({ mayClaim: false, whyNot: 'for_points', pointsPrice: 200 });
    expect(claimTicket(forPoints, NOW)).toMatchObject({ label: '200 积分兑换', pointsPrice: 200 });
  });

  test('an ended coupon is ended at once, whatever its stored state', () => {
    const coupon: CouponView = {
      ...{
        id: 'cpn_1',
        templateId: 'tpl_1',
        title: '满减',
        rule: off,
        scope: { kind: 'all' },
        state: 'available',
      },
      ...{ orderId: null, validFromAtMs: NOW - DAY, expiresAtMs: NOW, claimedAtMs: NOW - DAY },
    };
    expect(ownTicket(coupon, NOW)).toMatchObject({ state: '已过期', isUsable: false, isEnding: false });
    const early = { ...coupon, validFromAtMs: NOW - 2, expiresAtMs: NOW + DAY };
    expect(ownTicket(early, NOW - 3)).toMatchObject({ isUsable: false });
    // The phone's clock is slow.
    expect(ownTicket({ ...early, claimedAtMs: NOW - 2 }, NOW - 3)).toMatchObject({ isUsable: true });
    expect(ownTicket(coupon, NOW - 1)).toMatchObject({ state: '可使用', isUsable: true, isEnding: true });
  });
});

describe(`points (seed ${seed})`, () => {
  test('a statement adds up', () => {
    const counts = fc.tuple(...Array.from({ length: 7 }, () => fc.nat(100_000)));
    fc.assert(
      fc.property(
        counts,
        ([opening = 0, earned = 0, returned = 0, spent = 0, expired = 0, takenBack = 0, up = 0]) => {
          const adjusted = up - 50_000;
          const closing = opening + earned + returned + adjusted - spent - expired - takenBack;
          const statement: PointsStatement = {
            ...{ month: '2026-11', opening, earned, returned, adjusted, spent, expired, takenBack, closing },
          };
          const lines = statementLines(statement).map(({ amount }) => Number(amount));
          expect(lines.slice(0, -1).reduce((sum, one) => sum + one)).toBe(closing);
          expect(lines.at(-1)).toBe(closing);
        },
      ),
    );
  });

  test('months are those of Shanghai', () => {
    expect(lastMonths(Date.UTC(2026, 11, 31, 16), 3)).toEqual(['2027-01', '2026-12', '2026-11']);
    expect(lastMonths(Date.UTC(2026, 2, 31, 3), 2)).toEqual(['2026-03', '2026-02']);
    expect(monthWords('2026-03')).toBe('2026年3月');
  });

  test('a movement has its sign, and what it was for', () => {
    const entry: PointsEntryView = {
      ...{ id: 'pe_1', line: 0, cause: 'redeem', heldAfter: 0, debtAfter: 0, pendingAfter: 0, orderId: null },
      ...{ reason: null, createdAtMs: NOW, delta: -200, balanceAfter: 50 },
    };
    expect(movementView(entry, NOW)).toMatchObject({
      title: '兑换',
      delta: '-200',
      isIn: false,
      about: '余额 50',
    });
    expect(movementView({ ...entry, delta: 9 }, NOW).delta).toBe('+9');
  });

  test('the balance says what is held, owed, on its way and ending', () => {
    const ledger = { items: [], nextCursor: null };
    const quiet = {
      balance: 5,
      held: 0,
      debt: 0,
      pending: 0,
      expiringSoon: { count: 0, firstAtMs: null },
      ledger,
    };
    expect(balanceView(quiet, NOW)).toEqual({ balance: '5', notes: [] });
    const busy = { ...quiet, held: 1, debt: 2, pending: 3, expiringSoon: { count: 4, firstAtMs: NOW } };
    expect(balanceView(busy, NOW).notes).toHaveLength(4);
  });
});

const card = (change: Partial<ProductCard>): ProductCard => ({
  ...{
    id: 'prd_1',
    kind: 'content',
    title: '报告',
    subtitle: '',
    category: 'business',
    tags: [],
    teacher: '',
  },
  ...{
    coverUrl: '',
    listFen: 4_900,
    limited: null,
    memberFen: null,
    isFreeForMembers: false,
    pointsPrice: null,
  },
  ...{
    price: { priceFen: 4_900, source: 'list', ownedFen: 0 },
    plan: null,
    lessonCount: 0,
    publishedAtMs: NOW,
  },
  ...change,
});

describe('what points buy', () => {
  test('only what has a price in points, and only what can be afforded', () => {
    const cards = [
      card({}),
      card({ id: 'prd_2', pointsPrice: 300 }),
      card({ id: 'prd_3', pointsPrice: 301 }),
    ];
    expect(exchangeViews(cards, 300)).toMatchObject([
      { id: 'prd_2', mayAfford: true, label: '300 积分兑换' },
      { id: 'prd_3', mayAfford: false, label: '还差 1 积分' },
    ]);
  });
});

describe('memberships', () => {
  const planOf = (id: string, period: 'month' | 'quarter' | 'year', priceFen: number) =>
    card({
      ...{ id, kind: 'membership', listFen: priceFen, price: { priceFen, source: 'list', ownedFen: 0 } },
      plan: { period, scope: { kind: 'platform' } },
    });

  test('plans come by length, with their price by the month and the best one marked', () => {
    const plans = planViews([
      planOf('y', 'year', 19_800),
      card({}),
      planOf('m', 'month', 2_800),
      planOf('q', 'quarter', 6_900),
    ]);
    expect(plans.map(({ id, monthly, isBest }) => [id, monthly, isBest])).toEqual([
      ['m', '', false],
      ['q', '折合每月 ¥23', false],
      ['y', '折合每月 ¥16.50', true],
    ]);
  });

  test('a plan alone is not the best of anything', () => {
    expect(planViews([planOf('m', 'month', 2_800)])).toMatchObject([{ isBest: false }]);
  });

  test('what is live comes first, and periods that were taken back are named', () => {
    const grant = { sourceId: 's', productId: null, length: { kind: 'days', days: 3 }, atMs: NOW } as const;
    const views = mineViews(
      {
        scopes: [
          {
            scope: { kind: 'product', productId: 'prd_1' },
            title: '专栏',
            isLive: false,
            untilAtMs: NOW,
            grants: [],
          },
          {
            ...{ scope: { kind: 'platform' }, title: null, isLive: true, untilAtMs: NOW + DAY },
            grants: [
              { ...grant, cause: 'order', state: 'active', period: { fromAtMs: NOW, untilAtMs: NOW + DAY } },
              { ...grant, cause: 'code', state: 'revoked', period: null },
            ],
          },
        ],
      },
      NOW,
    );
    expect(views.map(({ title, until }) => `${title} ${until}`)).toEqual([
      '全站会员 有效至 12月1日',
      '专栏 已于 11月30日 到期',
    ]);
    expect(views[0]?.periods.map(({ span }) => span)).toEqual(['11月30日 至 12月1日', '已收回']);
  });
});

describe('gifts', () => {
  const gift: GiftView = {
    ...{ productId: 'prd_1', kind: 'course', title: '写作课', coverUrl: '', nickname: '小明', plan: null },
    ...{ access: { kind: 'forever' }, count: 3, left: 2, state: 'open' },
  };

  test('one that is left can be claimed, and says who gave it', () => {
    expect(receivedView(gift, NOW)).toMatchObject({
      from: '小明 送您一份礼物',
      mayClaim: true,
      left: '共 3 份，还剩 2 份',
    });
    expect(receivedView({ ...gift, left: 0 }, NOW)).toMatchObject({
      mayClaim: false,
      why: '这份礼物已经领完了',
    });
    expect(receivedView({ ...gift, state: 'revoked' }, NOW)).toMatchObject({
      mayClaim: false,
      why: '这份礼物已被收回',
    });
  });

  test('one that was bought is shared while something is left', () => {
    const mine: MyGiftView = {
      ...{ orderId: 'ord_1', productId: 'prd_1', kind: 'course', title: '写作课', count: 2, state: 'open' },
      ...{ createdAtMs: NOW, token: 'secret', left: 1, claims: [{ atMs: NOW }] },
    };
    expect(givenView(mine, NOW)).toMatchObject({
      mayShare: true,
      left: '2 份，还剩 1 份',
      claims: ['11月30日 12:00 被领取'],
    });
    expect(givenView({ ...mine, left: 0 }, NOW).mayShare).toBe(false);
    expect(givenView({ ...mine, state: 'revoked' }, NOW)).toMatchObject({ mayShare: false, left: '已收回' });
  });
});

describe(`redeem codes as they are typed (seed ${seed})`, () => {
  const codes = fc.stringMatching(/^[0-9a-f]{20}$/).map((digest) => codeOf(digest));

  test('a code that is typed in groups, in small letters or with O and I is the code', () => {
    fc.assert(
      fc.property(codes, (code) => {
        const typed = printedCode(code).toLowerCase().replace(/0/g, 'o').replace(/1/g, 'i');
        expect(groupedCode(typed)).toBe(printedCode(code));
        expect(isWholeCode(typed)).toBe(true);
        expect(readCode(groupedCode(typed))).toBe(code);
      }),
    );
  });

  test('typing on never loses what was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (typed) => {
        expect(plainCode(groupedCode(typed))).toBe(plainCode(typed));
        expect(groupedCode(typed)).toMatch(/^(?:[0-9A-Z]{4}-){0,3}[0-9A-Z]{0,4}$/);
      }),
    );
  });
});

describe('the cart', () => {
  type Item = CartView['items'][number];
  const item = (change: Partial<Item>): Item => ({
    ...{ productId: 'prd_1', title: '写作课', coverUrl: '', listFen: 9_900, isOnSale: true, isOwned: false },
    ...{
      price: { priceFen: 9_900, source: 'list', ownedFen: 0 },
      untilAtMs: null,
      isInBundle: false,
      addedAtMs: NOW,
    },
    ...change,
  });

  test('what is not counted says why', () => {
    const items = [
      item({ price: { priceFen: 7_900, source: 'member', ownedFen: 0 } }),
      item({ productId: 'prd_2', isOnSale: false }),
      item({ productId: 'prd_3', isOwned: true }),
      item({ productId: 'prd_4', isInBundle: true }),
    ];
    const page = cartPage({ items, listTotalFen: 9_900, totalFen: 7_900, applied: [] }, NOW);
    expect(page.items.map(({ note }) => note)).toEqual([
      '会员价',
      '已下架',
      '已拥有',
      '已包含在购物车的套餐里',
    ]);
    expect(page).toMatchObject({
      countedIds: ['prd_1'],
      total: '¥79.00',
      saved: '已优惠 ¥20.00',
      isEmpty: false,
    });
  });
});
