import { getLesson } from '../../../functions/access/getLesson.ts';
import { getLibrary } from '../../../functions/access/getLibrary.ts';
import { startTrial } from '../../../functions/access/startTrial.ts';
import { updateProduct } from '../../../functions/admin/catalogue/updateProduct.ts';
import { getCourse } from '../../../functions/catalogue/getCourse.ts';
import { getProduct } from '../../../functions/catalogue/getProduct.ts';
import { claimCertificate } from '../../../functions/learning/claimCertificate.ts';
import * as writers from '../../../shared/data/review/writers.ts';
import { newWriter } from '../../../shared/domain/review/trust.ts';
import { DAY_MS, MINUTE_MS, timeMs } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse, unknownProductId } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { exported } from '../../support/given/export.ts';
import { givenFinished } from '../../support/given/learning.ts';
import { type Buyer, badWorld, storedIn } from '../../support/given/order.ts';
import { givenSold } from '../../support/given/products.ts';
import { askBack, givenPaid } from '../../support/given/refund.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { givenPhone, givenTrial } from '../../support/given/trial.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(startTrial, () => {
  let world: World;
  let alice: Buyer;
  const start = (id: string, who: Buyer = alice) => world.call(startTrial, { id }, who);
  const opens = async (id: string) => (await world.call(getLesson, { id }, alice)).status === 200;
  const owned = async (id: string) => (await world.call(getCourse, { id }, alice)).data.owned;
  const offered = async (id: string, who: Buyer = alice) =>
    (await world.call(getCourse, { id }, who)).data.trialDays;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    await givenPhone(world, alice);
  });
  afterEach(() => world.close());

  test('all lessons are open for as many days as the course says, and then closed, by nobody’s doing', async () => {
    const { productId, paid } = await givenCourse(world, { trialDays: 3 });
    expect(await opens(paid.id)).toBe(false);
    const now = world.clock.now();
    const { data } = await start(productId);
    expect(data.trial).toEqual({ productId, startedAtMs: now, endsAtMs: now + 3 * DAY_MS });
    expect(await owned(productId)).toEqual({
      ...{ isOwned: true, isTrial: true, untilAtMs: now + 3 * DAY_MS, mayBuy: true },
    });
    const { items } = (await world.call(getLibrary, {}, alice)).data;
    expect(items).toMatchObject([{ id: productId, isTrial: true, untilAtMs: now + 3 * DAY_MS }]);
    world.clock.advance(3 * DAY_MS - 1);
    expect(await opens(paid.id)).toBe(true);
    world.clock.advance(1);
    expect(await opens(paid.id)).toBe(false);
    expect((await world.call(getLibrary, {}, alice)).data.items).toEqual([]);
  });

  test('a media link of a lesson on trial ends with the trial', async () => {
    const { paid } = await givenTrial(world, alice, 1);
    const endsAtMs = world.clock.now() + DAY_MS;
    world.clock.advance(DAY_MS - MINUTE_MS);
    expect((await world.call(getLesson, { id: paid.id }, alice)).data.mediaExpiresAtMs).toBe(endsAtMs);
  });

  test('a repeat while it runs answers the same trial, also many at once on a bad database', async () => {
    await world.close();
    world = await badWorld(7, { conflict: 0.2, commitLost: 0.2 });
    alice = await world.login('alice');
    await givenPhone(world, alice);
    const { productId } = await givenCourse(world, { trialDays: 3 });
    const answers = await Promise.all(Array.from({ length: 6 }, () => start(productId)));
    const [first] = answers;
    for (const answer of answers) expect(answer.data).toEqual(first?.data);
    expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ cause: 'trial' }] }]);
    expect(await storedIn(world, 'trials')).toHaveLength(1);
  });

  test('trial.used: once for ever, also when the course offers a longer one later; the page offers none', async () => {
    const { productId } = await givenTrial(world, alice);
    expect(await offered(productId)).toBe(0);
    world.clock.advance(3 * DAY_MS);
    expect(await offered(productId)).toBe(0);
    const admin = await givenStaff(world, 'admin');
    const change = { id: productId, expectedVersion: 1, change: { trialDays: 30 }, reason: '试学' };
    expect((await world.call(updateProduct, change, admin)).status).toBe(200);
    expect(await start(productId)).toMatchObject({ status: 409, code: 'trial.used' });
    const bob = await world.login('bob');
    expect(await offered(productId, bob)).toBe(30);
  });

  test('trial.not_offered: a course without one, and what is no course cannot have one', async () => {
    const { productId } = await givenCourse(world);
    expect(await offered(productId)).toBe(0);
    expect((await start(productId)).code).toBe('trial.not_offered');
    const book = await givenSold(world, 'content');
    const change = { id: book.id, expectedVersion: book.version, change: { trialDays: 3 }, reason: '试学' };
    expect(await world.call(updateProduct, change, await givenStaff(world, 'admin'))).toMatchObject({
      ...{ code: 'product.change_refused', error: { params: { reason: 'no_trial' } } },
    });
    expect((await start(book.id)).code).toBe('trial.not_offered');
  });

  test('product.not_found: a course that is not, or not yet, on sale', async () => {
    const draft = await givenCourse(world, { trialDays: 3, state: 'draft' });
    const later = await givenCourse(world, {
      trialDays: 3,
      saleFromAtMs: timeMs(world.clock.now() + DAY_MS),
    });
    for (const id of [draft.productId, later.productId, unknownProductId(world)])
      expect(await start(id)).toMatchObject({ status: 404, code: 'product.not_found' });
    expect(await offered(later.productId)).toBe(0);
  });

  test('product.already_owned: who has the course needs no trial, and is offered none', async () => {
    const { productId } = await givenCourse(world, { trialDays: 3 });
    await givenAccess(world, alice.userId, productId);
    expect(await offered(productId)).toBe(0);
    expect((await start(productId)).code).toBe('product.already_owned');
    expect(await storedIn(world, 'trials')).toEqual([]);
  });

  test('phone.required: nobody tries under one new name after another; two published texts are as good as a phone', async () => {
    const { productId } = await givenCourse(world, { trialDays: 3 });
    const bob = await world.login('bob');
    const before = await exported(world);
    expect(await start(productId, bob)).toMatchObject({ status: 403, code: 'phone.required' });
    expect(await exported(world)).toEqual(before);
    world.clock.advance(DAY_MS);
    const now = world.clock.now();
    const writer = { ...newWriter(bob.userId, now), published: 2 };
    await world.ports.database.tx((tx) => writers.save(tx, null, writer));
    expect((await start(productId, bob)).status).toBe(200);
  });

  test.each(['off', 'read'] as const)(
    'feature.off: nothing is offered while trials are %s',
    async (trials) => {
      await world.close();
      world = await createWorld({ settings: { talk: { ...defaultSettings.talk, trials } } });
      alice = await world.login('alice');
      const { productId } = await givenCourse(world, { trialDays: 3 });
      expect(await start(productId)).toMatchObject({ status: 404, code: 'feature.off' });
      expect(await offered(productId)).toBe(0);
    },
  );

  test('a course on trial is bought as if it were not, by itself and in a bundle, and begins at once', async () => {
    const { product, productId } = await givenTrial(world, alice);
    const bundle = await givenSold(world, 'bundle', { parts: [productId], listFen: 19_900 });
    const shown = (await world.call(getProduct, { id: bundle.id }, alice)).data;
    expect(shown).toMatchObject({ price: { priceFen: 19_900, ownedFen: 0 }, parts: [{ isOwned: false }] });
    await givenPaid(world, alice, [product]);
    expect(await owned(productId)).toEqual({ isOwned: true, isTrial: false, untilAtMs: null, mayBuy: false });
    world.clock.advance(4 * DAY_MS);
    expect((await owned(productId))?.isOwned).toBe(true);
  });

  test('what was opened on trial counts as unused: bought afterwards, all of it goes back by the policy', async () => {
    const { product, productId } = await givenTrial(world, alice);
    await givenFinished(world, alice, productId);
    expect(await storedIn(world, 'usages')).toEqual([]);
    const order = await givenPaid(world, alice, [product]);
    const refund = await askBack(world, alice, order, order.payableFen);
    expect(refund).toMatchObject({ status: 200, data: { refund: { refundFen: order.payableFen } } });
  });

  test('a course finished on trial earns no points, and its certificate stays', async () => {
    const { productId } = await givenTrial(world, alice);
    await givenFinished(world, alice, productId);
    expect(await storedIn(world, 'pointsEntries')).toEqual([]);
    world.clock.advance(4 * DAY_MS);
    expect((await world.call(claimCertificate, { id: productId, name: '张三' }, alice)).status).toBe(200);
  });
});
