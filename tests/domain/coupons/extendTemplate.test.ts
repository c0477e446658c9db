import * as fc from 'fast-check';
import {
  addedStock,
  draftTemplate,
  extendTemplate,
  issueCoupon,
  publishTemplate,
  stockIds,
} from '../../../shared/domain/coupons/couponTemplate.ts';
import { AppError } from '../../../shared/errors.ts';
import { DAY_MS, timeMs } from '../../../shared/schemas/base.ts';
import { aTemplateDraft, TEMPLATE_ID } from '../../support/given/coupon.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { seed } from '../../support/seeded.ts';

const day = (count: number) => timeMs(NOW + count * DAY_MS);
const window = { kind: 'window', fromAtMs: NOW, untilAtMs: day(20) } as const;

function published(stock: number, validity: object) {
  const changes = { stock, validity, claimUntilAtMs: day(10) } as Parameters<typeof aTemplateDraft>[1];
  const draft = aTemplateDraft({ id: TEMPLATE_ID, now: NOW }, changes);
  return publishTemplate(draftTemplate(draft, 'd'.repeat(64), NOW), NOW);
}

describe(`a template that is lengthened (seed ${seed})`, () => {
  const asked = fc.record({
    claimUntilAtMs: fc.option(fc.integer({ min: 1, max: 30 }).map(day), { nil: undefined }),
    validUntilAtMs: fc.option(fc.integer({ min: 1, max: 40 }).map(day), { nil: undefined }),
    stock: fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: undefined }),
  });

  test('an extension only moves the end back and raises the stock, and the shards add up to the stock', () => {
    const outcomes = new Set<string>();
    const check = (stock: number, isWindow: boolean, wish: object) => {
      const { template: before, stocks } = published(stock, isWindow ? window : { kind: 'days', days: 7 });
      const request = { templateId: TEMPLATE_ID, expectedVersion: before.version, ...wish };
      let after: typeof before;
      try {
        after = extendTemplate(before, request, NOW);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        outcomes.add('refused');
        return;
      }
      outcomes.add(after === before ? 'same' : 'longer');
      const { claimUntilAtMs, validity, shardCount, version, updatedAtMs, stock: count, ...rest } = after;
      expect(before).toMatchObject(rest);
      expect(claimUntilAtMs).toBeGreaterThanOrEqual(before.claimUntilAtMs);
      expect(count).toBeGreaterThanOrEqual(before.stock);
      expect(shardCount).toBeGreaterThanOrEqual(before.shardCount);
      const untilAtMs = validity.kind === 'window' ? validity.untilAtMs : 0;
      expect(untilAtMs).toBeGreaterThanOrEqual(isWindow ? window.untilAtMs : 0);
      const shards = new Map((stocks ?? []).map((shard) => [shard.id, shard.remaining]));
      for (const added of addedStock(before, after))
        shards.set(added.id, (shards.get(added.id) ?? 0) + added.count);
      expect([...shards.values()].reduce((sum, left) => sum + left, 0)).toBe(count);
      expect([...shards.keys()].every((id) => stockIds(after).includes(id))).toBe(true);
      expect(version).toBe(before.version + (after === before ? 0 : 1));
      expect(updatedAtMs).toBe(NOW);
    };
    const stock = fc.integer({ min: 1, max: 1_000 });
    fc.assert(fc.property(stock, fc.boolean(), asked, check), { seed, numRuns: 500 });
    expect([...outcomes].sort()).toEqual(['longer', 'refused', 'same']);
  });

  test('a claimed coupon keeps its end, and coupons claimed later get the new end', () => {
    const { template: before } = published(10, window);
    const held = issueCoupon(before, { userId: USER_ID, number: 1, now: NOW });
    const request = { templateId: TEMPLATE_ID, expectedVersion: before.version, validUntilAtMs: day(30) };
    const after = extendTemplate(before, request, NOW);
    expect(held.expiresAtMs).toBe(day(20));
    expect(issueCoupon(after, { userId: USER_ID, number: 2, now: NOW }).expiresAtMs).toBe(day(30));
  });
});
