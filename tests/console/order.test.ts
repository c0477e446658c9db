import fc from 'fast-check';
import type { StaffOrderView } from '../../client/types.ts';
import { stepsOf } from '../../console/screens/orderSteps.ts';
import { type DraftLine, draftOf, linesOf, sumOf } from '../../console/screens/refundDraft.ts';

const order = (lines: readonly { readonly productId: string; readonly askableFen: number }[]) =>
  ({
    order: { lines: lines.map(({ productId }) => ({ productId, title: productId })) },
    refundable: lines,
  }) as unknown as StaffOrderView;

const line = (over: Partial<DraftLine>): DraftLine => ({
  ...{ productId: 'prd_1', title: '课', askableFen: 10_000, isIn: true, sum: '100.00', takesAccess: true },
  ...over,
});

describe('what is typed to refund an order', () => {
  test('begins with all that can be asked for, and asks for exactly that', () => {
    const sums = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sums, (all) => {
        const lines = all.map((askableFen, at) => ({ productId: `prd_${at}`, askableFen }));
        const draft = draftOf(order(lines)).map((one) => ({ ...one, isIn: true }));
        const left = lines.filter(({ askableFen }) => askableFen > 0);
        const total = left.reduce((sum, one) => sum + one.askableFen, 0);
        expect(draft.map(({ productId }) => productId)).toEqual(left.map(({ productId }) => productId));
        expect(sumOf(linesOf(draft))).toBe(left.length === 0 ? null : total);
      }),
    );
  });

  test('never asks for more than can be asked for', () => {
    const fen = fc.integer({ min: 2, max: 20_000 });
    fc.assert(
      fc.property(fen, fc.integer({ min: -2, max: 2 }), (askableFen, over) => {
        const typedFen = askableFen + over;
        const sum = `${Math.floor(typedFen / 100)}.${String(typedFen % 100).padStart(2, '0')}`;
        const drafted = linesOf([line({ askableFen, sum })]);
        expect(sumOf(drafted)).toBe(typedFen <= askableFen ? typedFen : null);
      }),
    );
  });

  test('one of several is chosen by hand, the only one is chosen', () => {
    const one = { productId: 'prd_1', askableFen: 1 };
    const isIn = (view: StaffOrderView) => draftOf(view).map((own) => own.isIn);
    expect([isIn(order([one])), isIn(order([one, { ...one, productId: 'prd_2' }]))]).toEqual([
      [true],
      [false, false],
    ]);
  });

  test.each([
    ['nothing chosen', [line({ isIn: false })], 'lines'],
    ['no sum', [line({ sum: 'x' })], 'prd_1'],
    ['neither money nor access', [line({ sum: '0', takesAccess: false })], 'lines'],
  ])('%s is told', (_, draft, at) => {
    expect(linesOf(draft)).toMatchObject({ faults: [{ at }] });
  });

  test('access alone can be taken back', () => {
    expect(linesOf([line({ sum: '0' })])).toEqual({
      lines: [{ productId: 'prd_1', refundFen: 0, takesAccess: true }],
    });
  });
});

describe('the course of an order', () => {
  test('is in the order of time, and of its life within a second', () => {
    const view = {
      order: {
        createdAtMs: 5_400,
        paidAtMs: 5_000,
        closedAtMs: null,
        platform: 'web',
        rail: 'wxpay',
        payableFen: 100,
      },
      payment: { prepayAtMs: 5_500 },
      refunds: [
        {
          ...{
            refundFen: 100,
            reason: 'buyer',
            words: '误购',
            requestedAtMs: 9_000,
            state: 'success',
            rejected: null,
          },
          ...{ approvals: [{ atMs: 9_500, reason: '核实' }], finishedAtMs: 12_000 },
        },
      ],
      exceptions: [],
      cases: [
        { kind: 'complaint', openedAtMs: 7_000, closedAtMs: 20_000, story: '打不开', resolution: '已修复' },
      ],
    } as unknown as StaffOrderView;
    expect(stepsOf(view).map(({ says }) => says)).toEqual([
      ...['下单，网页', '向渠道发起支付', '支付，微信支付', '工单：用户投诉', '申请退款：买家申请'],
      ...['同意退款', '退款：已退款', '工单已关闭'],
    ]);
    const sums = stepsOf(view).map(({ amountFen, tone }) => `${tone} ${amountFen}`);
    expect(sums).toEqual([
      ...['info null', 'dull null', 'good 100', 'warn null', 'warn 100'],
      ...['info 100', 'good 100', 'good null'],
    ]);
  });
});
