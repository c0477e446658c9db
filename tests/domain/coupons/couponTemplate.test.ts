import * as fc from 'fast-check';
import {
  draftTemplate,
  endTemplate,
  issueCoupon,
  NEW_USER_MS,
  offMaxFen,
  publishTemplate,
  stockIds,
  stockIdsFor,
  takeOne,
  whyNotClaimable,
} from '../../../shared/domain/coupons/couponTemplate.ts';
import { DAY_MS, timeMs, UserId } from '../../../shared/schemas/base.ts';
import {
  Coupon,
  CouponRule,
  CouponStock,
  type CouponTemplate,
  CouponTemplateDraft,
} from '../../../shared/schemas/coupons/coupon.ts';
import { aTemplateDraft, productIdOf, TEMPLATE_ID } from '../../support/given/coupon.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { seed } from '../../support/seeded.ts';

const DIGEST = 'd'.repeat(64);
const at = (afterMs: number) => timeMs(NOW + afterMs);
const aTemplate = (changes: Partial<CouponTemplateDraft> = {}): CouponTemplate => {
  const draft = aTemplateDraft({ id: TEMPLATE_ID, now: NOW }, changes);
  return publishTemplate(draftTemplate(draft, DIGEST, NOW), NOW).template;
};
const stockOf = (stock: number) => {
  const draft = aTemplateDraft({ id: TEMPLATE_ID, now: NOW }, { stock });
  return publishTemplate(draftTemplate(draft, DIGEST, NOW), NOW).stocks ?? [];
};

test.each([
  ['its amount', { kind: 'full_reduction', thresholdFen: 5_000, offFen: 700 }, 700],
  ['its amount', { kind: 'fixed', offFen: 800 }, 800],
  ['the cap of a percentage', { kind: 'discount', thresholdFen: 0, offBasisPoints: 2_000, capFen: 900 }, 900],
])('the most that one coupon takes off is %s', (_, rule, most) => {
  expect(offMaxFen(CouponRule.parse(rule))).toBe(most);
});

describe(`a stock (seed ${seed})`, () => {
  test('is all there, in at most sixteen shards that differ by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (stock) => {
        const shards = stockOf(stock);
        const counts = shards.map(({ remaining }) => remaining);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(stock);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        expect(shards).toHaveLength(Math.min(16, Math.ceil(stock / 50)));
        expect(new Set(shards.map(({ id }) => id))).toEqual(new Set(stockIds(aTemplate({ stock }))));
        for (const shard of shards) expect(CouponStock.parse(shard)).toEqual(shard);
      }),
      { seed },
    );
  });

  test('is looked for by every user in every shard, and not by all in the same one first', () => {
    const template = aTemplate({ stock: 800 });
    const starts = new Set<string | undefined>();
    for (let n = 0; n < 200; n += 1) {
      const ids = stockIdsFor(
        template,
        UserId.parse(`usr_01JD0000000000000000000${String(n).padStart(3, '0')}`),
      );
      expect(new Set(ids)).toEqual(new Set(stockIds(template)));
      starts.add(ids[0]);
    }
    expect(starts.size).toBe(16);
  });

  test('never goes below zero', () => {
    const [shard] = stockOf(1);
    const taken = shard === undefined ? null : takeOne(shard, null);
    expect(taken).toMatchObject({ remaining: 0, issued: 1 });
    expect(taken === null ? null : takeOne(taken, null)).toBeNull();
  });
});

describe('publishing', () => {
  test('happens once: the stock is not made again', () => {
    const template = aTemplate();
    expect(publishTemplate(template, at(1))).toEqual({ template, stocks: null });
  });

  test.each([
    ['when claiming has ended', { claimUntilAtMs: at(DAY_MS) }],
    [
      'when its coupons have ended',
      { validity: { kind: 'window', fromAtMs: at(1), untilAtMs: at(DAY_MS) } } as const,
    ],
  ])('%s is coupon.not_publishable', (_, changes) => {
    const draft = draftTemplate(
      aTemplateDraft({ id: TEMPLATE_ID, now: NOW }, { claimUntilAtMs: at(9 * DAY_MS), ...changes }),
      DIGEST,
      NOW,
    );
    expect(publishTemplate(draft, at(DAY_MS - 1)).template.state).toBe('published');
    expect(() => publishTemplate(draft, at(DAY_MS))).toThrow('coupon.not_publishable');
  });

  test('what was ended is coupon.not_publishable, also a draft', () => {
    const draft = draftTemplate(aTemplateDraft({ id: TEMPLATE_ID, now: NOW }), DIGEST, NOW);
    for (const template of [draft, aTemplate()]) {
      expect(() => publishTemplate(endTemplate(template, NOW), NOW)).toThrow('coupon.not_publishable');
    }
  });
});

describe('who may claim', () => {
  const claimer = {
    registeredAtMs: at(-NEW_USER_MS),
    claimedCount: 0,
    isMember: false,
    hasBought: false,
  };
  const newcomer = { ...claimer, registeredAtMs: at(1 - NEW_USER_MS) };
  const member = { ...claimer, isMember: true };
  const buyer = { ...claimer, hasBought: true };
  const buyersOf = [productIdOf(1)];
  const window = { kind: 'window', fromAtMs: NOW, untilAtMs: at(10) } as const;
  test.each([
    ['anybody in time', {}, claimer, false, 0, null],
    ['nobody before it starts', { claimFromAtMs: at(1) }, claimer, false, 0, 'not_started'],
    ['somebody in its first millisecond', { claimFromAtMs: at(1) }, claimer, false, 1, null],
    ['somebody in its last millisecond', {}, claimer, false, DAY_MS - 1, null],
    ['nobody when it has ended', {}, claimer, false, DAY_MS, 'ended'],
    ['nobody when its coupons have ended', { validity: window }, claimer, false, 10, 'ended'],
    ['nobody when none is left', {}, claimer, true, 0, 'sold_out'],
    ['nobody who has had all', { perUserMax: 2 }, { ...claimer, claimedCount: 2 }, true, 0, 'limit_reached'],
    ['somebody who has had all but one', { perUserMax: 2 }, { ...claimer, claimedCount: 1 }, false, 0, null],
    ['a newcomer of less than seven days', { audience: 'new_users' }, newcomer, false, 0, null],
    ['no newcomer of seven days', { audience: 'new_users' }, claimer, false, 0, 'not_for_you'],
    ['a member what is for members', { audience: 'members' }, member, false, 0, null],
    ['no buyer what is for members', { audience: 'members' }, buyer, false, 0, 'not_for_you'],
    ['a buyer what is for buyers', { audience: 'buyers', buyersOf }, buyer, false, 0, null],
    ['no member what is for buyers', { audience: 'buyers', buyersOf }, member, false, 0, 'not_for_you'],
    ['nobody what is given as a welcome', { audience: 'welcome' }, newcomer, false, 0, 'not_for_you'],
    ['nobody who is not logged in', {}, null, false, 0, 'login_first'],
    ['nobody who is not logged in, when none is left', {}, null, true, 0, 'sold_out'],
  ] as const)('%s', (_, changes, who, isSoldOut, afterMs, whyNot) => {
    expect(whyNotClaimable(aTemplate(changes), { claimer: who, isSoldOut, now: at(afterMs) })).toBe(whyNot);
  });
});

describe('a claimed coupon', () => {
  const to = { userId: USER_ID, number: 2, now: at(5) };

  test('is valid for its days from the claim', () => {
    const coupon = issueCoupon(aTemplate({ validity: { kind: 'days', days: 7 } }), to);
    expect(Coupon.parse(coupon)).toEqual(coupon);
    expect(coupon).toMatchObject({
      id: `cpn_${TEMPLATE_ID.slice(4)}_${USER_ID.slice(4)}_2`,
      validFromAtMs: at(5),
      expiresAtMs: at(5 + 7 * DAY_MS),
    });
  });

  test('is valid in its window, whenever it was claimed', () => {
    const validity = { kind: 'window', fromAtMs: at(100), untilAtMs: at(200) } as const;
    expect(issueCoupon(aTemplate({ validity }), to)).toMatchObject({
      validFromAtMs: at(100),
      expiresAtMs: at(200),
    });
  });
});

describe('what staff write is refused when', () => {
  const draft = aTemplateDraft({ id: TEMPLATE_ID, now: NOW });
  test.each([
    [
      'it takes more off than has to be spent',
      { rule: { kind: 'full_reduction', thresholdFen: 99, offFen: 100 } },
    ],
    ['it takes nothing off', { rule: { kind: 'fixed', offFen: 0 } }],
    [
      'it is no percentage',
      { rule: { kind: 'discount', thresholdFen: 0, offBasisPoints: 10_001, capFen: 1 } },
    ],
    [
      'it is nothing of a percentage',
      { rule: { kind: 'discount', thresholdFen: 0, offBasisPoints: 0, capFen: 1 } },
    ],
    ['T4: it names half a fen', { rule: { kind: 'fixed', offFen: 19.99 } }],
    ['claiming ends before it starts', { claimUntilAtMs: draft.claimFromAtMs }],
    ['its window is none', { validity: { kind: 'window', fromAtMs: NOW + 5, untilAtMs: NOW + 5 } }],
    ['its window ends before claiming starts', { validity: { kind: 'window', fromAtMs: 1, untilAtMs: NOW } }],
    ['there are none', { stock: 0 }],
    ['it is a welcome to be given twice', { audience: 'welcome', perUserMax: 2 }],
    ['it has a field we do not know', { bonus: 1 }],
  ])('%s', (_, changes) => {
    expect(CouponTemplateDraft.safeParse({ ...draft, ...changes }).success).toBe(false);
  });
});
