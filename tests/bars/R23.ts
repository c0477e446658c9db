import { grantAccessTo } from '../../functions/admin/access/grantAccessTo.ts';
import { grantMembership } from '../../functions/admin/access/grantMembership.ts';
import { createCourse } from '../../functions/admin/catalogue/createCourse.ts';
import { createProduct } from '../../functions/admin/catalogue/createProduct.ts';
import { createCouponTemplate } from '../../functions/admin/coupons/createCouponTemplate.ts';
import { grantCouponTo } from '../../functions/admin/coupons/grantCouponTo.ts';
import { createCampaign } from '../../functions/admin/pricing/createCampaign.ts';
import { createFlashSale } from '../../functions/admin/pricing/createFlashSale.ts';
import { createRefund } from '../../functions/admin/refunds/createRefund.ts';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { addPoints } from '../../functions/points/addPoints.ts';
import { redeemPoints } from '../../functions/points/redeemPoints.ts';
import { requestRefund } from '../../functions/refunds/requestRefund.ts';
import type { HttpFunction } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { aTemplateDraft, givenTemplate } from '../support/given/coupon.ts';
import { aCourseDraft, givenProduct } from '../support/given/course.ts';
import { orderFor } from '../support/given/order.ts';
import { givenPoints } from '../support/given/points.ts';
import { aProductDraft } from '../support/given/products.ts';
import { aCampaignDraft, aSaleDraft } from '../support/given/promotion.ts';
import { newRefundId } from '../support/given/refund.ts';
import { givenStaff } from '../support/given/staff.ts';
import { ENGINES } from '../support/keptStore.ts';
import type { Answer } from '../support/world.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { storeOn } from './engineStore.ts';
import { hashOf } from './exported.ts';
import { openShop, type Shop } from './shop.ts';

/** A request with an id made by the client, and the place of its one effect. */
interface Keyed {
  readonly name: string;
  readonly id: string;
  readonly collection: string;
  ask(token: string, changes?: object): Promise<Answer<unknown>>;
  /** The same id with other content. */
  readonly other: object;
  readonly own: string;
  /**
   * Another person's token, and the statuses that they may get. Members of staff act for the shop, so they may see each
   * other's.
   */
  readonly foreign: string;
  readonly foreignMay: readonly number[];
}

/** One request of each kind that a learner makes with an own id. */
async function learnerRequests(shop: Shop): Promise<Keyed[]> {
  const { world } = shop;
  const alice = await shop.buyer('alice');
  const { token: own, userId } = alice;
  const { token: foreign } = await shop.buyer('bob');
  await givenPoints(world, userId, 1_000);
  const product = await givenProduct(world);
  const paid = await shop.order(alice);
  if (!(await shop.pay(alice, paid))) throw new Error('not paid');
  await shop.rest(2);
  const placed = orderFor(world, [product]);
  const template = await givenTemplate(world, { pointsPrice: 10 });
  const redemption = { redemptionId: world.ports.ids.make('rdm'), templateId: template.id };
  const back = {
    orderId: paid.id,
    refundId: newRefundId(world),
    productIds: null,
    words: '不想学了',
    shownFen: paid.payableFen,
  };
  // A member's ids are private: with somebody else's, a request is refused, and the answer does not tell what it is.
  const member = { own, foreign, foreignMay: [404, 409] };
  return [
    {
      name: createOrder.contract.route,
      id: placed.orderId,
      collection: 'orders',
      ask: (token, changes) => world.call(createOrder, { ...placed, ...changes }, { token }),
      other: { shownFen: 1 },
      ...member,
    },
    {
      name: redeemPoints.contract.route,
      id: redemption.redemptionId,
      collection: 'redemptions',
      ask: (token, changes) => world.call(redeemPoints, { ...redemption, ...changes }, { token }),
      other: { templateId: undefined, productId: product.id },
      ...member,
    },
    {
      name: requestRefund.contract.route,
      id: back.refundId,
      collection: 'refunds',
      ask: (token, changes) => world.call(requestRefund, { ...back, ...changes }, { token }),
      other: { words: '买错了' },
      ...member,
    },
  ];
}

/** One request of each kind that staff make with an own id. */
async function staffRequests(shop: Shop): Promise<Keyed[]> {
  const { world } = shop;
  const alice = await shop.buyer('alice');
  const { userId } = alice;
  const by = () => givenStaff(world, 'admin');
  const [staff, colleague] = [await by(), await by()];
  const paid = await shop.order(alice);
  if (!(await shop.pay(alice, paid))) throw new Error('not paid');
  await shop.rest(2);
  const product = await givenProduct(world);
  const may = { own: staff.token, foreign: colleague.token, foreignMay: [200, 409] };
  const keyed = (collection: string, id: string, own: HttpFunction, asked: object, other: object): Keyed => ({
    ...{ name: own.contract.route, id, collection, other, ...may },
    ask: (token, changes) => world.call(own, { ...asked, ...changes }, { token }),
  });
  const points = { adjustmentId: world.ports.ids.make('adj'), userId, delta: 7, reason: '补发积分' };
  const template = aTemplateDraft({ id: world.ports.ids.make('tpl'), now: world.clock.now() });
  const content = aProductDraft(world, 'content');
  const course = aCourseDraft(world);
  const sale = aSaleDraft(world, [product.id]);
  const campaign = aCampaignDraft(world);
  const lines = [{ productId: paid.lines[0]?.productId, refundFen: 100, takesAccess: false }];
  const back = { orderId: paid.id, refundId: newRefundId(world), lines, reason: '补偿' };
  const grant = {
    ...{ grantId: world.ports.ids.make('mgr'), userId, reason: '补偿' },
    ...{ scope: { kind: 'platform' }, length: { kind: 'days', days: 7 } },
  };
  const { id: productId } = await givenProduct(world);
  const access = {
    ...{ grantId: world.ports.ids.make('agr'), userId, productId, reason: '补偿' },
    access: { kind: 'days', days: 7 },
  };
  const { id: templateId } = await givenTemplate(world, { stock: 10 });
  const coupon = { grantId: world.ports.ids.make('cgr'), templateId, userId, reason: '补偿' };
  return [
    keyed('couponGrants', coupon.grantId, grantCouponTo, coupon, { userId: colleague.userId }),
    keyed('pointsEntries', points.adjustmentId, addPoints, points, { delta: 8 }),
    keyed('couponTemplates', template.id, createCouponTemplate, template, { stock: 999 }),
    keyed(
      'products',
      content.id,
      createProduct,
      { product: content },
      { product: { ...content, listFen: 1 } },
    ),
    keyed('products', course.id, createCourse, { course }, { course: { ...course, listFen: 1 } }),
    keyed('flashSales', sale.id, createFlashSale, sale, { perUserMax: 2 }),
    keyed('campaigns', campaign.id, createCampaign, campaign, { title: '另一场' }),
    keyed('refunds', back.refundId, createRefund, back, { reason: '另一个原因' }),
    keyed('memberships', userId, grantMembership, grant, { length: { kind: 'days', days: 8 } }),
    keyed('entitlements', `${userId}:${productId}`, grantAccessTo, access, { access: { kind: 'forever' } }),
  ];
}

/** The part of an answer that must be the same each time: everything but the request id. */
function saidIn({ status, body }: Answer<unknown>): string {
  const { data } = body as { readonly data?: unknown };
  return `${status} ${JSON.stringify(data ?? body)}`;
}

async function judged({ world }: Shop, keyed: Keyed, parallel: number): Promise<string[]> {
  const { name, id, collection, ask, own, foreign, foreignMay, other } = keyed;
  const violations: string[] = [];
  const answers = await Promise.all(Array.from({ length: parallel }, () => ask(own)));
  const said = new Set(answers.map(saidIn));
  if (said.size !== 1 || answers[0]?.status !== 200)
    violations.push(`${name} answered ${[...said].map((one) => one.slice(0, 120))}`);
  // Refund requests are limited by rate.
  world.clock.advance(MINUTE_MS);
  const before = await hashOf(world.ports.database.exportAll());
  const store = await Export.of(world.ports.database.exportAll());
  if (store.find(collection, id) === undefined) violations.push(`${name} left nothing`);
  const changed = await ask(own, other);
  if (changed.status !== 409) violations.push(`${name}: another request under its id: ${changed.status}`);
  const { status } = await ask(foreign);
  if (!foreignMay.includes(status)) violations.push(`${name}: somebody else under its id: ${status}`);
  if ((await hashOf(world.ports.database.exportAll())) !== before)
    violations.push(`${name}: a repeat has written something`);
  return violations;
}

/**
 * Seen red: when `addPoints` and `createOrder` do not look for their earlier effect, the first call succeeds and the
 * nineteen repeats fail with 500.
 *
 * It calls every route whose client makes the id of a new thing, except batches of redeem codes. Showing those again is
 * written to the audit log, and has its own test.
 */
export const R23 = bar({
  proves:
    'a request that is repeated under its id has one effect and one answer, and its id is good for nothing else',
  flags: { parallel: 20, conflict: 0.3, commitLost: 0.1 },
  brief: {},
  engines: ENGINES,
  run: async ({ seed, flags, engine }) => {
    const { parallel, conflict, commitLost } = flags;
    const shop = await openShop(seed, { conflict, commitLost }, { store: storeOn(engine) });
    const violations: string[] = [];
    const asked = [...(await learnerRequests(shop)), ...(await staffRequests(shop))];
    for (const keyed of asked) violations.push(...(await judged(shop, keyed, parallel)));
    violations.push(...(await shop.audit()));
    return {
      pass: violations.length === 0,
      measured: { requests: asked.map(({ name }) => name), parallel, violations },
    };
  },
});
