/** Aims for promotions: campaigns, flash sales, coupons. */
import { receiveCoupon as receive } from '../../../functions/coupons/receiveCoupon.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { quoteOrder } from '../../../functions/pricing/quoteOrder.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as payments from '../../../shared/data/payments/payments.ts';
import * as campaigns from '../../../shared/data/pricing/campaigns.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { DAY_MS, HOUR_MS } from '../../../shared/schemas/base.ts';
import type { CouponTemplate } from '../../../shared/schemas/coupons/coupon.ts';
import { givenTemplate } from '../../support/given/coupon.ts';
import { givenProduct } from '../../support/given/course.ts';
import { aCampaignDraft, aSaleDraft } from '../../support/given/promotion.ts';
import { oneOf } from '../../support/seeded.ts';
import {
  type Aim,
  type Aiming,
  type Aims,
  learnersOf,
  newLearner,
  owned,
  productsIn,
  some,
  someAfter,
  withBody,
  withPath,
  withQuery,
} from './aim.ts';

/** A flash sale of two products that cost something, for a day. */
function aSale(aiming: Aiming) {
  const sold = productsIn(aiming, 'published', ({ listFen, kind }) => listFen > 2_000 && kind === 'course');
  const ids = [...new Set([some(aiming, sold)?.id, some(aiming, sold)?.id])].filter((id) => id !== undefined);
  const untilAtMs = aiming.world.clock.now() + DAY_MS;
  return { ...aSaleDraft(aiming.world, ids, { stock: 3, priceFen: 1_900 }), untilAtMs };
}

/** A campaign for a day. */
function aCampaign({ world }: Aiming) {
  return { ...aCampaignDraft(world), untilAtMs: world.clock.now() + DAY_MS };
}

/** What flash sales and campaigns share: how each is found, created and written. */
const promotions = {
  FlashSale: { collection: flashSales.collection, draft: aSale },
  Campaign: { collection: campaigns.collection, draft: aCampaign },
} as const;

type Kind = keyof typeof promotions;

/** Those in this state that have not ended. */
function running({ stored, world }: Aiming, kind: Kind, state: 'draft' | 'published') {
  const all = kind === 'Campaign' ? stored.all(campaigns.collection) : stored.all(flashSales.collection);
  return all.filter((one) => one.state === state && world.clock.now() < one.untilAtMs);
}

/** The aims of one kind. A published one comes from creating a draft and publishing it. */
function aimsAt(kind: Kind): Aims {
  const draftOf = (aiming: Aiming) =>
    someAfter(aiming, () => running(aiming, kind, 'draft'), `create${kind}`);
  const publishedOf = (aiming: Aiming) =>
    someAfter(aiming, () => running(aiming, kind, 'published'), `publish${kind}`);
  const onDraft: Aim = async (aiming) => {
    const draft = await draftOf(aiming);
    return draft && { input: withPath(aiming.input, { id: draft.id }, { expectedVersion: draft.version }) };
  };
  return {
    [`create${kind}`]: (aiming) => ({ input: { ...aiming.input, body: promotions[kind].draft(aiming) } }),
    [`update${kind}`]: async (aiming) => {
      const draft = await draftOf(aiming);
      if (draft === null) return null;
      const { id: _, ...written } = promotions[kind].draft(aiming);
      return {
        input: withPath(aiming.input, { id: draft.id }, { ...written, expectedVersion: draft.version }),
      };
    },
    [`publish${kind}`]: onDraft,
    [`remove${kind}Draft`]: async (aiming) => {
      const draft = await draftOf(aiming);
      if (draft === null) return null;
      return {
        input: withQuery(withPath(aiming.input, { id: draft.id }), { expectedVersion: draft.version }),
      };
    },
    [`end${kind}`]: async (aiming) => {
      const promotion = await publishedOf(aiming);
      return promotion && { input: withPath(aiming.input, { id: promotion.id }) };
    },
    [`extend${kind}`]: async (aiming) => {
      const promotion = await publishedOf(aiming);
      if (promotion === null) return null;
      const longer = { untilAtMs: promotion.untilAtMs + HOUR_MS };
      const more =
        'items' in promotion && aiming.chance() < 0.5
          ? {
              places: promotion.items
                .slice(0, 1)
                .map(({ productId, stock }) => ({ productId, stock: stock + 5 })),
            }
          : {};
      const asked = { expectedVersion: promotion.version, ...longer, ...more };
      return { input: withPath(aiming.input, { id: promotion.id }, asked) };
    },
  };
}

/** The templates in this state that fit. */
function templatesIn(
  { stored }: Aiming,
  state: CouponTemplate['state'],
  fits: (template: CouponTemplate) => boolean = () => true,
): CouponTemplate[] {
  return stored.all(couponTemplates.collection).filter((one) => one.state === state && fits(one));
}

/** A template for everybody, for some days from now. Some cost points. */
const createCouponTemplate: Aim = ({ world, input, chance }) => {
  const now = world.clock.now();
  return {
    input: withBody(input, {
      id: world.ports.ids.make('tpl'),
      rule: oneOf(chance, [
        { kind: 'fixed', offFen: 500 },
        { kind: 'full_reduction', thresholdFen: 5_000, offFen: 800 },
        { kind: 'discount', thresholdFen: 0, offBasisPoints: 1_000, capFen: 2_000 },
      ]),
      ...{ scope: { kind: 'all' }, validity: { kind: 'days', days: 30 } },
      ...{ claimFromAtMs: now, claimUntilAtMs: now + 3 * DAY_MS, stock: 20, perUserMax: 3 },
      ...{ audience: 'all', buyersOf: [], pointsPrice: chance() < 0.3 ? 50 : null },
    }),
  };
};

const isOpen =
  ({ world }: Aiming) =>
  (one: CouponTemplate) =>
    one.claimFromAtMs <= world.clock.now() &&
    world.clock.now() < one.claimUntilAtMs &&
    one.audience === 'all';

const receiveCoupon: Aim = async (aiming) => {
  const free = () =>
    templatesIn(aiming, 'published', (one) => isOpen(aiming)(one) && one.pointsPrice === null);
  const template = await someAfter(aiming, free, 'publishCouponTemplate');
  return template && { input: { ...aiming.input, body: { templateId: template.id } } };
};

/** Somebody new with a pending order, and a coupon that they received for it; null where one of both is refused. */
async function withCoupon(aiming: Aiming) {
  const { world } = aiming;
  const actor = await newLearner(aiming);
  const token = String(actor.token);
  const { id: templateId } = await givenTemplate(world);
  const received = await world.call(receive, { templateId }, { token });
  const lines = [{ productId: (await givenProduct(world)).id }];
  const priceWith = async (couponId: string | null) => {
    const quoted = await world.call(quoteOrder, { lines, platform: 'web', couponId }, { token });
    return quoted.code === null ? quoted.data.quote.payableFen : null;
  };
  const orderId = world.ports.ids.make('ord');
  const asked = { orderId, lines, platform: 'web', couponId: null, shownFen: await priceWith(null) };
  const placed = await world.call(createOrder, asked, { token });
  if (received.code !== null || placed.code !== null) return null;
  const couponId = received.data.coupon.id;
  return { actor, body: { orderId, couponId, shownFen: await priceWith(couponId) } };
}

const useCoupon: Aim = async (aiming) => {
  const { stored, world } = aiming;
  const opened = new Set(
    stored.all(payments.collection).flatMap(({ id, state }) => (state === 'created' ? [] : [id])),
  );
  const pending = owned(
    aiming,
    stored.all(orders.collection).filter((order) => order.state === 'pending' && !opened.has(order.id)),
  );
  const choices = pending.flatMap(({ doc: order, owner }) =>
    stored
      .all(coupons.collection)
      .filter(({ userId, state }) => userId === order.userId && state === 'available')
      .filter(({ expiresAtMs }) => world.clock.now() < expiresAtMs)
      .map((coupon) => ({ order, coupon, owner })),
  );
  const chosen = some(aiming, choices);
  if (chosen === null) {
    const made = await withCoupon(aiming);
    return made && { actor: made.actor, input: { ...aiming.input, body: made.body } };
  }
  const { order, coupon, owner } = chosen;
  const couponId = order.couponId === null ? coupon.id : null;
  const body = { orderId: order.id, couponId, shownFen: order.payableFen };
  return { actor: owner, input: { ...aiming.input, body } };
};

/** The aims by operation. */
export const promotionAims: Aims = {
  ...aimsAt('FlashSale'),
  ...aimsAt('Campaign'),
  previewQuote: (aiming) => {
    const product = some(aiming, productsIn(aiming, 'published'));
    if (product === null) return null;
    const tried = aiming.chance() < 0.5 ? { campaign: aCampaign(aiming) } : { flashSale: aSale(aiming) };
    const example = { lines: [{ productId: product.id }], atMs: aiming.world.clock.now() };
    return { input: { ...aiming.input, body: { ...example, ...tried } } };
  },
  createCouponTemplate,
  publishCouponTemplate: async (aiming) => {
    const template = await someAfter(aiming, () => templatesIn(aiming, 'draft'), 'createCouponTemplate');
    return template && { input: withPath(aiming.input, { templateId: template.id }) };
  },
  removeCouponTemplateDraft: async (aiming) => {
    const template = await someAfter(aiming, () => templatesIn(aiming, 'draft'), 'createCouponTemplate');
    if (template === null) return null;
    const { id: templateId, version: expectedVersion } = template;
    return { input: withQuery(withPath(aiming.input, { templateId }), { expectedVersion }) };
  },
  endCouponTemplate: async (aiming) => {
    const template = await someAfter(aiming, () => templatesIn(aiming, 'published'), 'publishCouponTemplate');
    return template && { input: withPath(aiming.input, { templateId: template.id }) };
  },
  extendCouponTemplate: async (aiming) => {
    const template = await someAfter(
      aiming,
      () => templatesIn(aiming, 'published', isOpen(aiming)),
      'publishCouponTemplate',
    );
    if (template === null) return null;
    const { id: templateId, version: expectedVersion, claimUntilAtMs, stock } = template;
    const longer = oneOf(aiming.chance, [
      { claimUntilAtMs: claimUntilAtMs + HOUR_MS },
      { stock: stock + 10 },
    ]);
    const body = { expectedVersion, reason: '活动延长', ...longer };
    return { input: { ...withPath(aiming.input, { templateId }), body } };
  },
  grantCouponTo: async (aiming) => {
    const template = await someAfter(aiming, () => templatesIn(aiming, 'published'), 'publishCouponTemplate');
    const learner = some(aiming, learnersOf(aiming));
    if (template === null || learner === null) return null;
    const grantId = aiming.world.ports.ids.make('cgr');
    const asked = { grantId, userId: learner.userId, mayExceedLimit: true };
    return { input: withPath(aiming.input, { templateId: template.id }, asked) };
  },
  receiveCoupon,
  useCoupon,
};
