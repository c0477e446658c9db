import { TemplateId, timeMs } from '../../shared/schemas/base.ts';
import { CouponTemplateDraft } from '../../shared/schemas/coupons/coupon.ts';
import { seedUlid } from './seedUlid.ts';

const FROM_MS = timeMs(Date.UTC(2026, 2, 1));
/** The end of the coupons. It is far away, so that a laptop always has something to claim. */
const UNTIL_MS = timeMs(Date.UTC(2099, 0, 1));

/** The id of the seeded template with this number: 1 满减, 2 折扣, 3 新人礼券, 4 for drops. */
export function seedTemplateId(number: number): TemplateId {
  return TemplateId.parse(`tpl_${seedUlid(number)}`);
}

/** What all seeded templates share: one for each user, valid for everything, and a large stock. */
const plenty = {
  scope: { kind: 'all' },
  claimFromAtMs: FROM_MS,
  claimUntilAtMs: UNTIL_MS,
  stock: 1_000_000,
  perUserMax: 1,
} as const;

/** Makes the templates: two coupons that anybody can claim, one that is given to new users, and one for drops. */
export const seedTemplates: readonly (() => CouponTemplateDraft)[] = [
  {
    ...plenty,
    title: '满 99 减 20',
    rule: { kind: 'full_reduction', thresholdFen: 9_900, offFen: 2_000 },
    validity: { kind: 'days', days: 30 },
    audience: 'all',
  },
  {
    ...plenty,
    title: '八五折，最多减 50',
    rule: { kind: 'discount', thresholdFen: 0, offBasisPoints: 1_500, capFen: 5_000 },
    validity: { kind: 'days', days: 14 },
    audience: 'all',
  },
  {
    ...plenty,
    title: '新人礼券：满 59 减 15',
    rule: { kind: 'full_reduction', thresholdFen: 5_900, offFen: 1_500 },
    validity: { kind: 'days', days: 7 },
    audience: 'welcome',
  },
  {
    ...plenty,
    title: '群友券：满 49 减 10',
    rule: { kind: 'full_reduction', thresholdFen: 4_900, offFen: 1_000 },
    validity: { kind: 'days', days: 7 },
    audience: 'drop',
  },
].map((draft, index) => () => CouponTemplateDraft.parse({ ...draft, id: seedTemplateId(index + 1) }));
