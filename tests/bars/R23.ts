import { addPoints } from '../../functions/addPoints.ts';
import { createCouponTemplate } from '../../functions/admin/createCouponTemplate.ts';
import { createOrder } from '../../functions/createOrder.ts';
import { redeemPoints } from '../../functions/redeemPoints.ts';
import { requestRefund } from '../../functions/requestRefund.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { aTemplateDraft, givenTemplate } from '../support/given.coupon.ts';
import { givenProduct, orderFor } from '../support/given.order.ts';
import { givenPoints } from '../support/given.points.ts';
import { newRefundId } from '../support/given.refund.ts';
import { givenStaff } from '../support/given.staff.ts';
import type { Answer } from '../support/world.ts';
import { Export } from './auditor.ts';
import { bar } from './bar.ts';
import { hashOf } from './exported.ts';
import { openShop, type Shop } from './shop.ts';

/** A request under an id that the client made, and where its one effect is to be found. */
interface Keyed {
  readonly name: string;
  readonly id: string;
  readonly collection: string;
  ask(token: string, changes?: object): Promise<Answer<unknown>>;
  /** The same id with something else in it. */
  readonly other: object;
  readonly own: string;
  /** Another person who may ask for such things too. */
  readonly foreign: string;
}

/** One request of every kind, each new. */
async function requests(shop: Shop): Promise<Keyed[]> {
  const { world } = shop;
  const alice = await shop.buyer('alice');
  const { token: own, userId } = alice;
  const { token: foreign } = await shop.buyer('bob');
  const [staff, colleague] = [await givenStaff(world, 'admin'), await givenStaff(world, 'admin')];
  await givenPoints(world, userId, 1_000);
  const product = await givenProduct(world);
  const paid = await shop.order(alice);
  if (!(await shop.pay(alice, paid))) throw new Error('not paid');
  await shop.rest(2);
  const placed = orderFor(world, [product]);
  const template = await givenTemplate(world, { pointsPrice: 10 });
  const redemption = { redemptionId: world.ports.ids.make('rdm'), templateId: template.id };
  const points = { adjustmentId: world.ports.ids.make('adj'), userId, delta: 7, reason: '补发积分' };
  const back = {
    orderId: paid.id,
    refundId: newRefundId(world),
    productIds: null,
    words: '不想学了',
    shownFen: paid.payableFen,
  };
  const draft = aTemplateDraft({ id: world.ports.ids.make('tpl'), now: world.clock.now() });
  const member = { own, foreign };
  const boss = { own: staff.token, foreign: colleague.token };
  return [
    {
      name: 'createOrder',
      id: placed.orderId,
      collection: 'orders',
      ask: (token, changes) => world.call(createOrder, { ...placed, ...changes }, { token }),
      other: { shownFen: 1 },
      ...member,
    },
    {
      name: 'redeemPoints',
      id: redemption.redemptionId,
      collection: 'redemptions',
      ask: (token, changes) => world.call(redeemPoints, { ...redemption, ...changes }, { token }),
      other: { templateId: undefined, productId: product.id },
      ...member,
    },
    {
      name: 'requestRefund',
      id: back.refundId,
      collection: 'refunds',
      ask: (token, changes) => world.call(requestRefund, { ...back, ...changes }, { token }),
      other: { words: '买错了' },
      ...member,
    },
    {
      name: 'addPoints',
      id: points.adjustmentId,
      collection: 'pointsEntries',
      ask: (token, changes) => world.call(addPoints, { ...points, ...changes }, { token }),
      other: { delta: 8 },
      ...boss,
    },
    {
      name: 'createCouponTemplate',
      id: draft.id,
      collection: 'couponTemplates',
      ask: (token, changes) => world.call(createCouponTemplate, { ...draft, ...changes }, { token }),
      other: { stock: 999 },
      ...boss,
    },
  ];
}

/** What of an answer has to be the same each time: all but the number of the request. */
function saidIn({ status, body }: Answer<unknown>): string {
  const { data } = body as { readonly data?: unknown };
  return `${status} ${JSON.stringify(data ?? body)}`;
}

async function judged({ world }: Shop, keyed: Keyed, parallel: number): Promise<string[]> {
  const { name, id, collection, ask, own, foreign, other } = keyed;
  const violations: string[] = [];
  const answers = await Promise.all(Array.from({ length: parallel }, () => ask(own)));
  const said = new Set(answers.map(saidIn));
  if (said.size !== 1 || answers[0]?.status !== 200)
    violations.push(`${name} answered ${[...said].map((one) => one.slice(0, 120))}`);
  // Nobody may ask for refunds faster than this.
  world.clock.advance(MINUTE_MS);
  const before = await hashOf(world.ports.database.exportAll());
  const store = await Export.of(world.ports.database.exportAll());
  if (store.find(collection, id) === undefined) violations.push(`${name} left nothing`);
  const changed = await ask(own, other);
  if (changed.status !== 409) violations.push(`${name}: another request under its id: ${changed.status}`);
  // Members' ids are their own: somebody else's is refused, and what it is of is not told. Staff act for the house.
  const { status } = await ask(foreign);
  const mayAnswer =
    collection === 'pointsEntries' || collection === 'couponTemplates' ? [200, 409] : [404, 409];
  if (!mayAnswer.includes(status)) violations.push(`${name}: somebody else under its id: ${status}`);
  if ((await hashOf(world.ports.database.exportAll())) !== before)
    violations.push(`${name}: a repeat has written something`);
  return violations;
}

/**
 * Seen red: with `addPoints` and `createOrder` not looking for what they did before, the first answer is good and the
 * nineteen repeats fail with 500.
 *
 * It asks the requests that move money, points and stock under an id of the client's; the others have their own tests.
 */
export const R23 = bar({
  proves:
    'a request that is repeated under its id has one effect and one answer, and its id is good for nothing else',
  flags: { parallel: 20, conflict: 0.3, commitLost: 0.1 },
  run: async ({ seed, flags }) => {
    const { parallel, conflict, commitLost } = flags;
    const shop = await openShop(seed, { conflict, commitLost });
    const violations: string[] = [];
    const asked = await requests(shop);
    for (const keyed of asked) violations.push(...(await judged(shop, keyed, parallel)));
    violations.push(...(await shop.audit()));
    return {
      pass: violations.length === 0,
      measured: { requests: asked.map(({ name }) => name), parallel, violations },
    };
  },
});
