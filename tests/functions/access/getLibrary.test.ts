import { getLibrary } from '../../../functions/access/getLibrary.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenSold } from '../../support/given/products.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getLibrary, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('what can be used now, what came last first, each with its end; nothing of anybody else', async () => {
    const alice = await world.login('alice');
    const bob = await world.login('bob');
    const course = await givenCourse(world);
    const book = await givenSold(world, 'content');
    const bundle = await givenSold(world, 'bundle', { parts: [book.id] });
    const gone = await givenSold(world, 'media');
    const give = async (...asked: Parameters<typeof givenAccess>) => {
      await givenAccess(...asked);
      world.clock.advance(1);
    };
    await give(world, alice.userId, gone.id, { kind: 'days', days: 1 });
    world.clock.advance(86_400_000);
    await give(world, alice.userId, course.productId, { kind: 'days', days: 7 });
    const untilAtMs = world.clock.now() - 1 + 7 * 86_400_000;
    await give(world, alice.userId, bundle.id);
    await give(world, bob.userId, book.id);
    const list = async (input: object = {}) => (await world.call(getLibrary, input, alice)).data;
    expect((await list()).items).toMatchObject([
      {
        id: bundle.id,
        kind: 'bundle',
        untilAtMs: null,
        parts: [{ id: book.id, kind: 'content', title: book.title, coverUrl: book.coverUrl }],
      },
      { id: course.productId, kind: 'course', untilAtMs, parts: [] },
    ]);
    const first = await list({ limit: 1 });
    expect((await list({ limit: 1, cursor: first.nextCursor })).items).toMatchObject([
      { id: course.productId },
    ]);
  });

  test('by kind: with titles and covers, past pages that have nothing of it', async () => {
    const alice = await world.login('alice');
    const course = await givenCourse(world);
    await givenAccess(world, alice.userId, course.productId);
    for (let count = 0; count < 5; count += 1) {
      world.clock.advance(1);
      await givenAccess(world, alice.userId, (await givenSold(world, 'content')).id);
    }
    const list = async (input: object) => (await world.call(getLibrary, input, alice)).data;
    const first = await list({ kind: 'course', limit: 1 });
    expect(first.items).toMatchObject([{ id: course.productId, kind: 'course' }]);
    expect(first.items[0]).toMatchObject({ title: expect.any(String), coverUrl: expect.any(String) });
    expect(await list({ kind: 'media', limit: 2 })).toEqual({ items: [], nextCursor: null });
    expect((await list({ kind: 'content' })).items).toHaveLength(5);
    expect((await world.call(getLibrary, { kind: 'shoe' }, alice)).code).toBe('request.invalid');
  });

  test('empty for who has nothing; auth.required', async () => {
    const alice = await world.login('alice');
    expect((await world.call(getLibrary, {}, alice)).data).toEqual({ items: [], nextCursor: null });
    expect(await world.call(getLibrary, {})).toMatchObject({ code: 'auth.required' });
  });
});
