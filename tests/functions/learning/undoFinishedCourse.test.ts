import { courseRefunded } from '../../../events/courseRefunded.ts';
import { refundSucceeded } from '../../../events/refundSucceeded.ts';
import { getLesson } from '../../../functions/access/getLesson.ts';
import { approveRefund } from '../../../functions/admin/refunds/approveRefund.ts';
import { createRefund } from '../../../functions/admin/refunds/createRefund.ts';
import { checkRefundedCourses } from '../../../functions/learning/checkRefundedCourses.ts';
import { claimCertificate } from '../../../functions/learning/claimCertificate.ts';
import { undoFinishedCourse } from '../../../functions/learning/undoFinishedCourse.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import { REWARDS } from '../../../shared/domain/points/pointsRewards.ts';
import { fact } from '../../../shared/event.ts';
import { MINUTE_MS } from '../../../shared/schemas/base.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import type { PointsEntry } from '../../../shared/schemas/points/points.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenFact } from '../../support/given/fact.ts';
import { givenFinished } from '../../support/given/learning.ts';
import { type Buyer, stored, storedIn } from '../../support/given/order.ts';
import { givenSold } from '../../support/given/products.ts';
import { givenPaid, newRefundId } from '../../support/given/refund.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { givenTrial } from '../../support/given/trial.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const claims = (id: string) => world.call(claimCertificate, { id, name: '张三' }, alice);
const certificates = () => storedIn(world, 'certificates');
/** The points that finished courses have earned and lost, in the order of their ids. */
const moved = async () => {
  const entries = (await storedIn(world, 'pointsEntries')) as PointsEntry[];
  return entries
    .filter(({ id }) => /course_(finished|refunded)/.test(id))
    .map(({ postings }) => -(postings.find(([account]) => account === 'issued')?.[1] ?? 0));
};
const { points: REWARD } = REWARDS.course_finished;

/** Buys something, finishes these courses, and claims their certificates. */
async function learns(wanted: Product, courseIds: readonly Product['id'][]): Promise<OrderView> {
  const order = await givenPaid(world, alice, [wanted]);
  for (const id of courseIds) {
    await givenFinished(world, alice, id);
    expect((await claims(id)).status).toBe(200);
  }
  return order;
}

/** Staff give an order's lines back; `refundFen` is of each. */
async function givesBack(order: OrderView, refundFen: number, takesAccess = true): Promise<void> {
  const asked = { orderId: order.id, refundId: newRefundId(world), reason: '不合适' };
  const lines = order.lines.map(({ productId }) => ({ productId, refundFen, takesAccess }));
  const made = await world.call(createRefund, { ...asked, lines }, await givenStaff(world, 'support'));
  if (made.status !== 200) throw new Error(`no refund: ${made.code} ${JSON.stringify(made.body)}`);
  const finance = await givenStaff(world, 'finance');
  const approved = await world.call(approveRefund, { refundId: asked.refundId, reason: '同意' }, finance);
  if (approved.status !== 200) throw new Error(`not approved: ${approved.code}`);
  await world.drain();
  // The rail's notice comes later.
  world.clock.advance(MINUTE_MS);
  await world.drain();
}

describeFunction(undoFinishedCourse, () => {
  test('a trial that still runs keeps no certificate of what was refunded, and is left to its end', async () => {
    const { product, productId, paid } = await givenTrial(world, alice, 30);
    const order = await learns(product, [productId]);
    await givesBack(order, order.payableFen);
    expect(await certificates()).toMatchObject([{ state: 'revoked', revoked: { by: 'refund' } }]);
    expect((await claims(productId)).code).toBe('certificate.revoked');
    expect((await world.call(getLesson, { id: paid.id }, alice)).status).toBe(200);
  });

  test('a refund of the whole course revokes the certificate and takes its points, once', async () => {
    const { product, productId } = await givenCourse(world);
    const order = await learns(product, [productId]);
    expect(await moved()).toEqual([REWARD]);
    await givesBack(order, order.payableFen);
    expect((await stored(world, orders.collection, order.id)).refundedFen).toBe(order.payableFen);
    expect(await certificates()).toMatchObject([{ state: 'revoked', revoked: { by: 'refund' } }]);
    expect(await moved()).toEqual([REWARD, -REWARD]);
    const data = { userId: alice.userId, productId, refundedAtMs: world.clock.now() };
    const again = await givenFact(world, fact(courseRefunded, 'again', data));
    await Promise.all([1, 2].map(() => world.deliver('undoFinishedCourse', again)));
    expect(await moved()).toEqual([REWARD, -REWARD]);
    expect(await claims(productId)).toMatchObject({ code: 'certificate.revoked' });
  });

  test('bought again, it is the same certificate again, and no points', async () => {
    const { product, productId } = await givenCourse(world);
    const order = await learns(product, [productId]);
    const [before] = await certificates();
    await givesBack(order, order.payableFen);
    await givenPaid(world, alice, [product]);
    expect((await claims(productId)).data.certificate).toMatchObject({
      number: Object(before).number,
      state: 'issued',
    });
    await world.drain();
    expect(await moved()).toEqual([REWARD, -REWARD]);
  });

  test('a part of the price that goes back, and leaves the access, takes nothing', async () => {
    const { product, productId } = await givenCourse(world);
    const order = await learns(product, [productId]);
    await givesBack(order, 100, false);
    expect(await certificates()).toMatchObject([{ state: 'issued' }]);
    expect(await moved()).toEqual([REWARD]);
  });

  test('who may still use the course keeps the certificate, and the points go', async () => {
    const { product, productId } = await givenCourse(world);
    const order = await learns(product, [productId]);
    await givenAccess(world, alice.userId, productId);
    await givesBack(order, order.payableFen);
    expect(await certificates()).toMatchObject([{ state: 'issued' }]);
    expect(await moved()).toEqual([REWARD, -REWARD]);
  });

  test('a bundle that goes back takes the certificates of its parts, and leaves those of others', async () => {
    const [one, other, apart] = [
      await givenCourse(world),
      await givenCourse(world),
      await givenCourse(world),
    ];
    const parts = [one.productId, other.productId];
    const bundle = await givenSold(world, 'bundle', { parts, listFen: 19_900 as Product['listFen'] });
    await learns(apart.product, [apart.productId]);
    const order = await learns(await stored(world, products.collection, bundle.id), parts);
    await givesBack(order, order.payableFen);
    const states = new Map(
      (await certificates()).map((each) => [Object(each).productId, Object(each).state]),
    );
    expect(parts.map((id) => states.get(id))).toEqual(['revoked', 'revoked']);
    expect(states.get(apart.productId)).toBe('issued');
  });

  test('whose certificate was not claimed before the refund does not get it after', async () => {
    const { product, productId } = await givenCourse(world);
    const order = await givenPaid(world, alice, [product]);
    await givenFinished(world, alice, productId);
    await givesBack(order, order.payableFen);
    expect(await certificates()).toEqual([]);
    expect(await claims(productId)).toMatchObject({ code: 'certificate.revoked' });
    expect(await moved()).toEqual([REWARD, -REWARD]);
  });
});

describeFunction(checkRefundedCourses, () => {
  test('it tells of each course that was begun, once, and of none for a part of a price', async () => {
    const begun = await givenCourse(world);
    await givenAccess(world, alice.userId, begun.productId);
    await givenFinished(world, alice, begun.productId);
    const untouched = await givenCourse(world);
    const data = {
      refundId: 'rfd_1',
      orderId: world.ports.ids.make('ord'),
      userId: alice.userId,
      reason: 'platform',
    };
    const more = { refundFen: 100, succeededAtMs: world.clock.now() };
    for (const [key, takenBack] of [
      ['none', []],
      ['both', [begun.productId, untouched.productId]],
    ] as const) {
      const told = fact(refundSucceeded, key, refundSucceeded.schema.parse({ ...data, ...more, takenBack }));
      const id = await givenFact(world, told);
      await Promise.all([1, 2].map(() => world.deliver('checkRefundedCourses', id)));
    }
    const tasks = (await storedIn(world, 'tasks')).filter(
      (task) => Object(task).consumer === 'undoFinishedCourse',
    );
    expect(tasks).toMatchObject([{ event: { data: { productId: begun.productId } } }]);
  });
});
