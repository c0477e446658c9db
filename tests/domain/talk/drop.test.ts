import * as fc from 'fast-check';
import { takeOne } from '../../../shared/domain/coupons/couponTemplate.ts';
import { giveBack, leftOf, provenChat, setAside } from '../../../shared/domain/talk/drop.ts';
import { DropId, timeMs } from '../../../shared/schemas/base.ts';
import type { CouponStock } from '../../../shared/schemas/coupons/coupon.ts';
import { TEMPLATE_ID } from '../../support/given/coupon.ts';
import { NOW } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const [ONE, OTHER] = ['drp_01JD0000000000000000000001', 'drp_01JD0000000000000000000002'].map((id) =>
  DropId.parse(id),
) as [DropId, DropId];

const stocks = fc
  .array(fc.record({ remaining: fc.nat(60), issued: fc.nat(60), other: fc.option(fc.nat(9)) }), {
    minLength: 1,
    maxLength: 16,
  })
  .map((parts) =>
    parts.map(
      ({ remaining, issued, other }, shard): CouponStock => ({
        ...{ id: `${TEMPLATE_ID}:${shard}`, templateId: TEMPLATE_ID, remaining, issued },
        held: other === null ? {} : { [OTHER]: other },
      }),
    ),
  );
const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
const remaining = (parts: readonly CouponStock[]) => sum(parts.map((part) => part.remaining));

describe('what is set aside for a drop', () => {
  test('is all of it or nothing, and nothing is made, lost or taken from another drop', () => {
    fc.assert(
      fc.property(stocks, fc.integer({ min: 1, max: 500 }), (before, count) => {
        const after = setAside(before, ONE, count);
        expect(after === null).toBe(remaining(before) < count);
        if (after === null) return;
        expect([leftOf(after, ONE), remaining(after)]).toEqual([count, remaining(before) - count]);
        expect(after.every((part) => part.remaining >= 0)).toBe(true);
        expect(leftOf(after, OTHER)).toBe(leftOf(before, OTHER));
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  test('is claimed as often as there is some, and what is left goes back to the last coupon', () => {
    fc.assert(
      fc.property(stocks, fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(15)), (before, count, tries) => {
        const opened = setAside(before, ONE, count);
        if (opened === null) return;
        let claimed = 0;
        const parts = [...opened];
        for (const at of tries) {
          const part = parts[at % parts.length] as CouponStock;
          const taken = takeOne(part, ONE);
          expect(taken === null).toBe(leftOf([part], ONE) === 0);
          if (taken === null) continue;
          parts[at % parts.length] = taken;
          claimed += 1;
        }
        const ended = giveBack(parts, ONE);
        expect(remaining(ended)).toBe(remaining(before) - claimed);
        expect(sum(ended.map(({ issued }) => issued))).toBe(
          sum(before.map(({ issued }) => issued)) + claimed,
        );
        expect(giveBack(ended, ONE)).toEqual(ended);
        expect(ended.map(({ held }) => held)).toEqual(before.map(({ held }) => held));
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });
});

describe('the chat that somebody comes from', () => {
  const drop = (openGid: string | null) => ({ audience: { kind: 'wechat_group', openGid } as const });
  const at = (ms: number) => ({ openGid: 'GtzQYAB-one', atMs: timeMs(NOW + ms) });

  test('counts for ten minutes, and as long before, because clocks differ', () => {
    for (const ms of [-600_000, 0, 600_000]) expect(provenChat(drop(null), at(ms), NOW)).toBe('GtzQYAB-one');
    for (const ms of [-600_001, 600_001])
      expect(() => provenChat(drop(null), at(ms), NOW)).toThrow('drop.not_yours');
  });

  test('is that of the drop, where it names one; a drop that goes elsewhere has none', () => {
    expect(provenChat(drop('GtzQYAB-one'), at(0), NOW)).toBe('GtzQYAB-one');
    expect(() => provenChat(drop('GtzQYAB-two'), at(0), NOW)).toThrow('drop.not_yours');
    expect(() => provenChat({ audience: { kind: 'link' } }, at(0), NOW)).toThrow('drop.not_yours');
    expect(() => provenChat(drop(null), null, NOW)).toThrow('drop.not_yours');
  });
});
