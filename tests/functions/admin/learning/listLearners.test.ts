import { listLearners } from '../../../../functions/admin/learning/listLearners.ts';
import { claimCertificate } from '../../../../functions/learning/claimCertificate.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { givenAccess } from '../../../support/given/entitlement.ts';
import { givenFinished, givenPlayed } from '../../../support/given/learning.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listLearners, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('who learns the course and how far they are, each once, and who looked is written down', async () => {
    const { productId, trial } = await givenCourse(world);
    const [alice, bob] = [await world.login('alice'), await world.login('bob')];
    await givenAccess(world, alice.userId, productId);
    await givenFinished(world, alice, productId);
    const claimed = await world.call(claimCertificate, { id: productId, name: '张三' }, alice);
    const { number } = claimed.data.certificate;
    await givenPlayed(world, bob, trial.id);
    const support = await givenStaff(world, 'support');
    const first = (await world.call(listLearners, { productId, limit: 1 }, support)).data;
    const rest = { productId, limit: 1, cursor: first.nextCursor };
    const second = (await world.call(listLearners, rest, support)).data;
    expect([...first.items, ...second.items]).toMatchObject([
      { userId: alice.userId, finishedCount: 3, progressBp: 10_000, certificateNumber: number },
      {
        userId: bob.userId,
        finishedCount: 1,
        progressBp: 3_333,
        finishedAtMs: null,
        certificateNumber: null,
      },
    ]);
    const looks = (await storedIn(world, 'audit')).filter((entry) => Object(entry).action === 'learner.view');
    expect(looks).toMatchObject([{ target: productId }, { target: productId }]);
  });

  test('course.not_found', async () => {
    const asked = { productId: unknownProductId(world) };
    expect(await world.call(listLearners, asked, await givenStaff(world, 'support'))).toMatchObject({
      ...{ status: 404, code: 'course.not_found' },
    });
  });
});
