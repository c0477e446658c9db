/** Aims for access and points: lessons, gifts, codes, memberships, redemptions. */
import { grantAccessTo } from '../../../functions/admin/access/grantAccessTo.ts';
import { updateProduct } from '../../../functions/admin/catalogue/updateProduct.ts';
import * as codeBatches from '../../../shared/data/access/codeBatches.ts';
import * as entitlements from '../../../shared/data/access/entitlements.ts';
import * as gifts from '../../../shared/data/access/gifts.ts';
import * as memberships from '../../../shared/data/access/memberships.ts';
import * as lessons from '../../../shared/data/catalogue/lessons.ts';
import * as points from '../../../shared/data/points/points.ts';
import { isOnSale } from '../../../shared/domain/catalogue/product.ts';
import { giftToken } from '../../../shared/flows/access/giftTokens.ts';
import type { GrantCause } from '../../../shared/schemas/access/entitlement.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import type { ProductKind } from '../../../shared/schemas/catalogue/productKind.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { givenPhone } from '../../support/given/trial.ts';
import { oneOf } from '../../support/seeded.ts';
import {
  type Aim,
  type Aiming,
  type Aims,
  fieldsOf,
  learnersOf,
  newLearner,
  productsIn,
  some,
  someAfter,
  withBody,
  withPath,
} from './aim.ts';

/** The sources of access that staff can revoke. */
const REVOCABLE: readonly GrantCause[] = ['gift', 'code', 'staff'];

/** A new user to whom staff gave a product of this kind. */
async function ownerOf(aiming: Aiming, kind: ProductKind) {
  const { world } = aiming;
  const product = some(
    aiming,
    productsIn(aiming, 'published', (one) => one.kind === kind),
  );
  if (product === null) return null;
  const owner = await newLearner(aiming);
  const given = { grantId: world.ports.ids.make('agr'), userId: owner.userId, productId: product.id };
  const staff = await givenStaff(world, 'admin');
  await world.call(grantAccessTo, { ...given, access: { kind: 'forever' }, reason: '补偿' }, staff);
  return { owner, product };
}

function opened(kind: ProductKind): Aim {
  return async (aiming) => {
    const found = await ownerOf(aiming, kind);
    return found && { actor: found.owner, input: withPath(aiming.input, { productId: found.product.id }) };
  };
}

const getLesson: Aim = async (aiming) => {
  const found = await ownerOf(aiming, 'course');
  const own = aiming.stored
    .all(lessons.collection)
    .filter(({ productId }) => productId === found?.product.id);
  const lesson = some(aiming, own);
  return found && lesson && { actor: found.owner, input: withPath(aiming.input, { id: lesson.id }) };
};

const grantAccess: Aim = (aiming) => {
  const product = some(
    aiming,
    productsIn(aiming, 'published', ({ kind }) => kind !== 'membership'),
  );
  const learner = some(aiming, learnersOf(aiming));
  if (product === null || learner === null) return null;
  const access = oneOf(aiming.chance, [{ kind: 'forever' }, { kind: 'days', days: 30 }]);
  const given = {
    grantId: aiming.world.ports.ids.make('agr'),
    userId: learner.userId,
    productId: product.id,
  };
  return { input: withBody(aiming.input, { ...given, access }) };
};

const revokeAccessOf: Aim = async (aiming) => {
  const given = () =>
    aiming.stored
      .all(entitlements.collection)
      .flatMap(({ userId, productId, sources }) =>
        sources
          .filter(({ cause, state }) => REVOCABLE.includes(cause) && state === 'active')
          .map(({ sourceId }) => ({ userId, productId, sourceId })),
      );
  const source = await someAfter(aiming, given, 'grantAccessTo');
  if (source === null) return null;
  const { userId, ...rest } = source;
  return { input: withPath(aiming.input, { userId }, rest) };
};

const revokeMembership: Aim = async (aiming) => {
  const given = () =>
    aiming.stored
      .all(memberships.collection)
      .flatMap(({ id: userId, grants }) =>
        grants
          .filter(({ cause, state }) => REVOCABLE.includes(cause) && state === 'active')
          .map(({ sourceId }) => ({ userId, grantId: sourceId })),
      );
  const grant = await someAfter(aiming, given, 'grantMembership');
  return grant && { input: withPath(aiming.input, { userId: grant.userId }, { grantId: grant.grantId }) };
};

const createCodeBatch: Aim = (aiming) => {
  const { world, chance, input } = aiming;
  const product = some(aiming, productsIn(aiming, 'published'));
  if (product === null) return null;
  const asked = { batchId: world.ports.ids.make('bat'), productId: product.id };
  const [count, expiresAtMs] = [1 + Math.floor(chance() * 5), world.clock.now() + 10 * DAY_MS];
  return { input: withBody(input, { ...asked, count, expiresAtMs }) };
};

const claimGift: Aim = async (aiming) => {
  const { world, stored } = aiming;
  const open = stored
    .all(gifts.collection)
    .filter(({ state, claims, count }) => state === 'open' && claims.length < count);
  const gift = some(aiming, open);
  if (gift === null) return null;
  const token = giftToken(world.ports.secrets, gift);
  return { actor: await newLearner(aiming), input: withPath(aiming.input, { token }) };
};

/** A course on sale that can be tried, and a learner who has shown a phone number. */
const startTrial: Aim = async (aiming) => {
  const { world, input } = aiming;
  const onSale = (one: Product) => one.kind === 'course' && isOnSale(one, world.clock.now());
  const course = some(aiming, productsIn(aiming, 'published', onSale));
  if (course === null) return null;
  const { id, version: expectedVersion } = course;
  if (course.trialDays === 0) {
    const change = { id, expectedVersion, change: { trialDays: 3 }, reason: '试学' };
    await world.call(updateProduct, change, await givenStaff(world, 'admin'));
  }
  const actor = await newLearner(aiming);
  await givenPhone(world, actor);
  return { actor, input: withPath(input, { id }) };
};

const redeemPoints: Aim = (aiming) => {
  const { stored, world, chance } = aiming;
  const rich = stored.all(points.accounts).filter(({ available }) => available > 200);
  const buyer = some(
    aiming,
    learnersOf(aiming).filter(({ userId }) => rich.some(({ id }) => id === userId)),
  );
  const product = some(
    { chance },
    productsIn(aiming, 'published', ({ pointsPrice }) => pointsPrice !== null),
  );
  if (buyer === null || product === null) return null;
  const body = { redemptionId: world.ports.ids.make('rdm'), productId: product.id };
  return { actor: buyer, input: { ...aiming.input, body } };
};

const addPoints: Aim = (aiming) => {
  const { world, chance, input } = aiming;
  const learner = some(aiming, learnersOf(aiming));
  const { delta = 1 } = fieldsOf(input.body);
  const much = chance() < 0.3 ? 4_000 : Math.max(1, Math.abs(Number(delta) % 2_000));
  const asked = { adjustmentId: world.ports.ids.make('adj'), userId: learner?.userId, delta: much };
  return { input: withBody(input, asked) };
};

/** The aims by operation. */
export const accessAims: Aims = {
  getLesson,
  getContent: opened('content'),
  getMedia: opened('media'),
  grantAccessTo: grantAccess,
  revokeAccessOf,
  revokeMembership,
  grantMembership: (aiming) => {
    const learner = some(aiming, learnersOf(aiming));
    const given = { grantId: aiming.world.ports.ids.make('mgr'), userId: learner?.userId };
    const what = { scope: { kind: 'platform' }, length: { kind: 'days', days: 20 } };
    return { input: withBody(aiming.input, { ...given, ...what }) };
  },
  createCodeBatch,
  disableCodeBatch: async (aiming) => {
    const active = () => aiming.stored.all(codeBatches.collection).filter(({ state }) => state === 'active');
    const batch = await someAfter(aiming, active, 'createCodeBatch');
    return batch && { input: withPath(aiming.input, { batchId: batch.id }) };
  },
  listRedeemCodes: (aiming) => {
    const batch = some(aiming, aiming.stored.all(codeBatches.collection));
    return batch && { input: withPath(aiming.input, { batchId: batch.id }) };
  },
  startTrial,
  claimGift,
  getGift: (aiming) => {
    const gift = some(aiming, aiming.stored.all(gifts.collection));
    if (gift === null) return null;
    return { input: withPath(aiming.input, { token: giftToken(aiming.world.ports.secrets, gift) }) };
  },
  redeemPoints,
  addPoints,
};
