/** Coupons and their templates: plain values for tests of rules, and stored ones for tests in a world. */

import * as couponStocks from '../../../shared/data/coupons/couponStocks.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import { DEFAULT_REFUND_POLICY } from '../../../shared/domain/catalogue/product.ts';
import { draftTemplate, publishTemplate } from '../../../shared/domain/coupons/couponTemplate.ts';
import type { OfferedLine } from '../../../shared/domain/pricing/offer.ts';
import type { Asked } from '../../../shared/domain/pricing/pricing.ts';
import { DEFAULT_SELLING, floorOf } from '../../../shared/domain/pricing/selling.ts';
import { CouponId, DAY_MS, fen, ProductId, TemplateId, timeMs } from '../../../shared/schemas/base.ts';
import {
  type Coupon,
  type CouponTemplate,
  CouponTemplateDraft,
} from '../../../shared/schemas/coupons/coupon.ts';
import type { World } from '../world.ts';
import { NOW, USER_ID } from './holding.ts';

/** The template of `aCoupon`. */
export const TEMPLATE_ID = TemplateId.parse('tpl_01JD0000000000000000000003');

/** A coupon of `USER_ID`: by default 10 yuan off anything, from `NOW` for a day. */
export function aCoupon(changes: Partial<Coupon> = {}): Coupon {
  return {
    id: CouponId.parse(`cpn_${TEMPLATE_ID.slice(4)}_${USER_ID.slice(4)}_1`),
    userId: USER_ID,
    templateId: TEMPLATE_ID,
    title: '立减 10 元',
    rule: { kind: 'fixed', offFen: fen(1_000) },
    scope: { kind: 'all' },
    state: 'available',
    orderId: null,
    validFromAtMs: NOW,
    expiresAtMs: timeMs(NOW + DAY_MS),
    claimedAtMs: NOW,
    updatedAtMs: NOW,
    ...changes,
  };
}

/** The id of the n-th product of an order. */
export function productIdOf(n: number): ProductId {
  return ProductId.parse(`prd_01JD00000000000000000000${String(n).padStart(2, '0')}`);
}

/** Lines to buy: one course for each list price, in order. */
export function linesOf(...listFens: readonly number[]): OfferedLine[] {
  return listFens.map((listFen, index) => ({
    productId: productIdOf(index),
    productVersion: 1,
    kind: 'course',
    title: `课程 ${index}`,
    coverUrl: 'https://static.zhike.example/cover.png',
    access: { kind: 'forever' },
    refundPolicy: DEFAULT_REFUND_POLICY,
    plan: null,
    gifts: 0,
    questionId: null,
    units: 1,
    listFen: fen(listFen),
    limited: null,
    memberFen: null,
    isMember: false,
    flash: null,
    owned: null,
  }));
}

/**
 * The request of staff for a template: 10 yuan off from 50, a hundred coupons, one for each user, to be claimed today
 * and valid for 7 days.
 */
export function aTemplateDraft(
  asked: { readonly id: string; readonly now: number },
  changes: Partial<CouponTemplateDraft> = {},
): CouponTemplateDraft {
  return CouponTemplateDraft.parse({
    id: asked.id,
    title: '满 50 减 10',
    rule: { kind: 'full_reduction', thresholdFen: 5_000, offFen: 1_000 },
    scope: { kind: 'all' },
    validity: { kind: 'days', days: 7 },
    claimFromAtMs: asked.now,
    claimUntilAtMs: asked.now + DAY_MS,
    stock: 100,
    perUserMax: 1,
    audience: 'all',
    ...changes,
  });
}

/** A published template with its stock. */
export async function givenTemplate(
  world: World,
  changes: Partial<CouponTemplateDraft> = {},
): Promise<CouponTemplate> {
  const now = world.clock.now();
  const draft = aTemplateDraft({ id: world.ports.ids.make('tpl'), now }, changes);
  const { template, stocks } = publishTemplate(draftTemplate(draft, 'd'.repeat(64), now), now);
  await world.ports.database.tx(async (tx) => {
    if ((await couponTemplates.find(tx, template.id)) !== null) return;
    await couponTemplates.insert(tx, template);
    for (const stock of stocks ?? []) await couponStocks.save(tx, null, stock);
  });
  return template;
}

/** A quote request for those lines, by default without anything else and by WeChat Pay. */
export function askedFor(lines: readonly OfferedLine[], changes: Partial<Asked> = {}): Asked {
  return {
    lines,
    campaigns: [],
    couponChoice: { kind: 'none' },
    pointsAsked: 0,
    pointsAvailable: 0,
    pointsShareMax: DEFAULT_SELLING.pointsShareMax,
    floor: floorOf('wxpay', 'web', DEFAULT_SELLING),
    combinations: DEFAULT_SELLING.combinations,
    userId: USER_ID,
    now: NOW,
    ...changes,
  };
}
