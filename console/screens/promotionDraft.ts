/** What a coupon, a campaign and a flash sale must be beyond their single fields, and how one is tried on a cart. */
import type {
  CampaignDraft,
  CouponScope,
  CouponTemplateDraft,
  FlashSaleDraft,
  LadderStep,
} from '../../client/types.ts';
import type { Input } from '../engine/desk.ts';
import type { Fault } from '../engine/form.ts';

type Written<D> = Omit<D, 'id'>;

const LEAST = '要大于 0。';
const PRODUCTS_MAX = 100;
const BUYERS_OF_MAX = 10;
const FLASH_ITEMS_MAX = 12;
const STEPS_MAX = 10;

const periodFaults = (fromAtMs: number, untilAtMs: number, at = 'untilAtMs'): readonly Fault[] =>
  fromAtMs < untilAtMs ? [] : [{ at, says: '结束时间要晚于开始时间。' }];

function scopeFaults(scope: CouponScope): readonly Fault[] {
  if (scope.kind === 'kinds' && scope.kinds.length === 0) {
    return [{ at: 'scope.kinds', says: '至少选择一种商品类型。' }];
  }
  return scope.kind === 'products' ? productsFaults(scope.productIds, 'scope.productIds', PRODUCTS_MAX) : [];
}

function productsFaults(ids: readonly string[], at: string, most: number): readonly Fault[] {
  if (ids.length === 0) return [{ at, says: '至少选择一件商品。' }];
  return ids.length > most ? [{ at, says: `最多 ${most} 件商品。` }] : [];
}

function stepFaults(
  { thresholdFen, offFen }: LadderStep,
  before: LadderStep | undefined,
  at: string,
): readonly Fault[] {
  if (thresholdFen < 1) return [{ at: `${at}.thresholdFen`, says: LEAST }];
  if (offFen < 1) return [{ at: `${at}.offFen`, says: LEAST }];
  if (offFen > thresholdFen) return [{ at: `${at}.offFen`, says: '不能超过门槛。' }];
  if (before === undefined) return [];
  if (thresholdFen <= before.thresholdFen) {
    return [{ at: `${at}.thresholdFen`, says: '门槛要比上一档高。' }];
  }
  return offFen <= before.offFen ? [{ at: `${at}.offFen`, says: '要比上一档减得多。' }] : [];
}

/** What is wrong with the steps of a ladder: each needs more, and takes off more, than the one before. */
export function ladderFaults(ladder: readonly LadderStep[]): readonly Fault[] {
  if (ladder.length === 0) return [{ at: 'ladder', says: '至少要有一档。' }];
  if (ladder.length > STEPS_MAX) return [{ at: 'ladder', says: `最多 ${STEPS_MAX} 档。` }];
  return ladder.flatMap((step, place) => stepFaults(step, ladder[place - 1], `ladder.${place}`));
}

/** What is wrong with a campaign whose fields are right by themselves. */
export function campaignFaults(draft: Written<CampaignDraft>): readonly Fault[] {
  const { fromAtMs, untilAtMs, scope, ladder } = draft;
  return [...periodFaults(fromAtMs, untilAtMs), ...scopeFaults(scope), ...ladderFaults(ladder)];
}

/** What is wrong with a flash sale whose fields are right by themselves. */
export function flashSaleFaults(draft: Written<FlashSaleDraft>): readonly Fault[] {
  const { fromAtMs, untilAtMs, items } = draft;
  const isMany = items.length === 0 || items.length > FLASH_ITEMS_MAX;
  const says = items.length === 0 ? '至少要有一件商品。' : `最多 ${FLASH_ITEMS_MAX} 件商品。`;
  const own = items.flatMap(({ productId, priceFen }, place): readonly Fault[] => {
    const isTwice = items.slice(0, place).some((item) => item.productId === productId);
    return [
      ...(isTwice ? [{ at: `items.${place}.productId`, says: '这件商品已在上面。' }] : []),
      ...(priceFen < 1 ? [{ at: `items.${place}.priceFen`, says: LEAST }] : []),
    ];
  });
  return [...periodFaults(fromAtMs, untilAtMs), ...(isMany ? [{ at: 'items', says }] : []), ...own];
}

function ruleFaults(rule: CouponTemplateDraft['rule']): readonly Fault[] {
  if (rule.kind === 'discount') {
    return [
      ...(rule.offBasisPoints < 1 ? [{ at: 'rule.offBasisPoints', says: LEAST }] : []),
      ...(rule.capFen < 1 ? [{ at: 'rule.capFen', says: LEAST }] : []),
    ];
  }
  if (rule.kind === 'fixed') return rule.offFen < 1 ? [{ at: 'rule.offFen', says: LEAST }] : [];
  return stepFaults(rule, undefined, 'rule');
}

function validityFaults({ validity, claimFromAtMs }: Written<CouponTemplateDraft>): readonly Fault[] {
  if (validity.kind === 'days') return [];
  const { fromAtMs, untilAtMs } = validity;
  const period = periodFaults(fromAtMs, untilAtMs, 'validity.untilAtMs');
  const isLate = untilAtMs > claimFromAtMs;
  return isLate ? period : [{ at: 'validity.untilAtMs', says: '要晚于开始领取的时间。' }];
}

function audienceFaults(draft: Written<CouponTemplateDraft>): readonly Fault[] {
  const { audience, buyersOf = [], perUserMax, pointsPrice = null } = draft;
  if (audience === 'buyers') return productsFaults(buyersOf, 'buyersOf', BUYERS_OF_MAX);
  if (audience !== 'welcome' && audience !== 'drop') return [];
  return [
    ...(perUserMax === 1 || audience === 'drop'
      ? []
      : [{ at: 'perUserMax', says: '注册即送的券每人一张。' }]),
    ...(pointsPrice === null ? [] : [{ at: 'pointsPrice', says: '这样发放的券不能用积分兑换。' }]),
  ];
}

/** What is wrong with a coupon whose fields are right by themselves. */
export function templateFaults(draft: Written<CouponTemplateDraft>): readonly Fault[] {
  return [
    ...ruleFaults(draft.rule),
    ...scopeFaults(draft.scope),
    ...validityFaults(draft),
    ...periodFaults(draft.claimFromAtMs, draft.claimUntilAtMs, 'claimUntilAtMs'),
    ...audienceFaults(draft),
  ];
}

/** A coupon as it is sent: only one for buyers of something names what they bought. */
export function sentTemplate(draft: Written<CouponTemplateDraft>): Written<CouponTemplateDraft> {
  return draft.audience === 'buyers' ? draft : { ...draft, buyersOf: [] };
}

/** Which promotion is tried, as it would be published. */
export type Tried = Pick<Input<'previewQuote'>, 'campaign' | 'flashSale' | 'coupon'>;

/** The example that a promotion is tried on. */
export interface Example {
  readonly productIds: readonly string[];
  readonly platform: 'web' | 'android' | 'ios';
  readonly isMember: boolean;
  readonly atMs: number;
}

/** What is asked to price the example; null while its cart is empty. */
export function previewAsked(tried: Tried, example: Example): Input<'previewQuote'> | null {
  const { productIds, platform, isMember, atMs } = example;
  if (productIds.length === 0) return null;
  return { lines: productIds.map((productId) => ({ productId })), platform, isMember, atMs, ...tried };
}

/** A moment at which a promotion runs: now, or its start if that is later, or its last moment if it is over. */
export function exampleMoment(fromAtMs: number, untilAtMs: number, nowMs: number): number {
  return Math.max(fromAtMs, Math.min(nowMs, untilAtMs - 1));
}

/** The products that a promotion is about, as far as it names some. */
export function productsOf({ campaign, flashSale, coupon }: Tried): readonly string[] {
  if (flashSale != null) return flashSale.items.map(({ productId }) => productId);
  const scope = campaign?.scope ?? coupon?.scope;
  return scope?.kind === 'products' ? scope.productIds : [];
}
