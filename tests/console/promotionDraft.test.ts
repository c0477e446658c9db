import fc from 'fast-check';
import {
  campaignFaults,
  exampleMoment,
  flashSaleFaults,
  previewAsked,
  sentTemplate,
  templateFaults,
} from '../../console/screens/promotionDraft.ts';
import { CouponTemplateDraft } from '../../shared/schemas/coupons/coupon.ts';
import { CampaignDraft, FlashSaleDraft } from '../../shared/schemas/pricing/promotion.ts';

const ULID = '01JCSEED0000000000000000';
const ids = (prefix: string) => fc.integer({ min: 10, max: 14 }).map((at) => `${prefix}_${ULID}${at}`);

const fen = fc.integer({ min: 0, max: 5 });
const moment = fc.integer({ min: 1, max: 4 });
const kind = fc.constantFrom('course' as const, 'media' as const);
const scope = fc.oneof(
  fc.constant({ kind: 'all' as const }),
  fc.record({ kind: fc.constant('kinds' as const), kinds: fc.array(kind, { maxLength: 2 }) }),
  fc.record({
    kind: fc.constant('products' as const),
    productIds: fc.array(ids('prd'), { maxLength: 2 }),
  }),
);
const titled = { title: fc.constant('春') };
const period = { fromAtMs: moment, untilAtMs: moment };

const step = fc.record({ thresholdFen: fen, offFen: fen });
const campaign = fc.record({ ...titled, ...period, scope, ladder: fc.array(step, { maxLength: 3 }) });

const item = fc.record({
  productId: ids('prd'),
  priceFen: fen,
  stock: fc.integer({ min: 1, max: 9 }),
});
const flashSale = fc.record({
  ...{ ...titled, ...period },
  perUserMax: fc.integer({ min: 1, max: 10 }),
  items: fc.array(item, { maxLength: 14 }),
});

const rule = fc.oneof(
  fc.record({ kind: fc.constant('full_reduction' as const), thresholdFen: fen, offFen: fen }),
  fc.record({
    kind: fc.constant('discount' as const),
    thresholdFen: fen,
    offBasisPoints: fc.integer({ min: 0, max: 2 }),
    capFen: fen,
  }),
  fc.record({ kind: fc.constant('fixed' as const), offFen: fen }),
);
const validity = fc.oneof(
  fc.record({ kind: fc.constant('window' as const), fromAtMs: moment, untilAtMs: moment }),
  fc.record({ kind: fc.constant('days' as const), days: fc.integer({ min: 1, max: 365 }) }),
);
const template = fc.record({
  ...{ ...titled, rule, scope, validity },
  claimFromAtMs: moment,
  claimUntilAtMs: moment,
  stock: fc.integer({ min: 1, max: 9 }),
  perUserMax: fc.integer({ min: 1, max: 2 }),
  audience: fc.constantFrom(...(['all', 'new_users', 'members', 'buyers', 'welcome'] as const)),
  buyersOf: fc.array(ids('prd'), { maxLength: 11 }),
  pointsPrice: fc.option(fc.integer({ min: 1, max: 3 })),
});

const many = { numRuns: 2000 } as const;

describe('drafts of promotions', () => {
  it('find wrong in a campaign what its schema refuses, and nothing else', () => {
    fc.assert(
      fc.property(campaign, (draft) => {
        const { success } = CampaignDraft.safeParse({ ...draft, id: `cmp_${ULID}10` });
        expect(campaignFaults(draft).length === 0).toBe(success);
      }),
      many,
    );
  });

  it('find wrong in a flash sale what its schema refuses, and nothing else', () => {
    fc.assert(
      fc.property(flashSale, (draft) => {
        const { success } = FlashSaleDraft.safeParse({ ...draft, id: `fls_${ULID}10` });
        expect(flashSaleFaults(draft).length === 0).toBe(success);
      }),
      many,
    );
  });

  it('find wrong in a coupon what its schema refuses, and nothing else', () => {
    fc.assert(
      fc.property(template, (typed) => {
        const draft = sentTemplate(typed);
        const { success } = CouponTemplateDraft.safeParse({ ...draft, id: `tpl_${ULID}10` });
        expect(templateFaults(draft).length === 0).toBe(success);
      }),
      many,
    );
  });

  it('say where each fault is', () => {
    const faults = campaignFaults({
      ...{ title: '春', fromAtMs: 2, untilAtMs: 2, scope: { kind: 'products', productIds: [] } },
      ladder: [
        { thresholdFen: 100, offFen: 20 },
        { thresholdFen: 200, offFen: 20 },
      ],
    });
    expect(faults.map(({ at }) => at)).toEqual(['untilAtMs', 'scope.productIds', 'ladder.1.offFen']);
  });

  it('are tried at a moment at which they run, now if they do', () => {
    const times = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 50 }), fc.nat(150));
    fc.assert(
      fc.property(times, ([fromAtMs, lengthMs, nowMs]) => {
        const untilAtMs = fromAtMs + lengthMs;
        const at = exampleMoment(fromAtMs, untilAtMs, nowMs);
        expect(at >= fromAtMs && at < untilAtMs).toBe(true);
        if (nowMs >= fromAtMs && nowMs < untilAtMs) expect(at).toBe(nowMs);
      }),
    );
  });

  it('are not priced while the cart is empty', () => {
    const example = { productIds: [], platform: 'web', isMember: false, atMs: 1 } as const;
    expect(previewAsked({}, example)).toBeNull();
    expect(previewAsked({}, { ...example, productIds: ['prd_1'] })?.lines).toEqual([{ productId: 'prd_1' }]);
  });
});
