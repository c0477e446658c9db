import { foldComments } from '../../../functions/talk/foldComments.ts';
import { getFeatures } from '../../../functions/talk/getFeatures.ts';
import { getThread } from '../../../functions/talk/getThread.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenShown, givenWritten } from '../../support/given/comment.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let course: GivenCourse;
beforeEach(async () => {
  world = await createWorld();
  course = await givenCourse(world);
});
afterEach(() => world.close());

describeFunction(getThread, () => {
  const sees = (reader: object = {}, about: object = {}) =>
    world.call(getThread, { kind: 'product', id: course.productId, ...about }, reader);

  test('how many comments and stars are shown, and what the caller may do', async () => {
    const people = await Promise.all(['a', 'b', 'c'].map((name) => givenWriter(world, name)));
    const product = `product:${course.productId}`;
    for (const [index, person] of people.entries()) {
      await givenAccess(world, person.userId, course.productId);
      await givenShown(world, person, product, { stars: [5, 4, 4][index] });
    }
    const waiting = await givenWriter(world, 'd');
    await givenAccess(world, waiting.userId, course.productId);
    await givenWritten(world, waiting, product, { stars: 1 });
    expect(await world.run(foldComments)).toEqual({ 'comment.counted': 3 });
    expect((await sees()).data).toEqual({
      ...{ id: product, comments: 3, mayWrite: true, mayRate: false },
      rating: { people: 3, averageHundredths: 433, stars: [0, 0, 0, 2, 1] },
    });
    expect((await sees(waiting)).data.mayRate).toBe(false);
    const owner = await world.login('e');
    await givenAccess(world, owner.userId, course.productId);
    expect((await sees(owner)).data.mayRate).toBe(true);
  });

  test('nobody writes where comments are only read', async () => {
    Object.assign(world.ports.settings, { talk: { ...defaultSettings.talk, comments: 'read' } });
    expect((await sees()).data).toMatchObject({ comments: 0, rating: null, mayWrite: false });
  });

  test('thread.not_found: also for what is of another kind', async () => {
    for (const about of [
      { kind: 'lesson' },
      { id: world.ports.ids.make('prd') },
      { kind: 'lesson', id: course.paid.id },
    ])
      expect(await sees({}, about)).toMatchObject({ status: 404, code: 'thread.not_found' });
  });

  test('feature.off', async () => {
    Object.assign(world.ports.settings, { talk: { ...defaultSettings.talk, comments: 'off' } });
    expect(await sees()).toMatchObject({ status: 404, code: 'feature.off' });
  });
});

describeFunction(getFeatures, () => {
  test('every switch, as the shop is set', async () => {
    expect((await world.call(getFeatures, {})).data).toEqual(defaultSettings.talk);
  });
});
