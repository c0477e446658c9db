import { withdrawConsent } from '../../../functions/identity/withdrawConsent.ts';
import { foldComments } from '../../../functions/talk/foldComments.ts';
import { getThread } from '../../../functions/talk/getThread.ts';
import { listComments } from '../../../functions/talk/listComments.ts';
import { updateComment } from '../../../functions/talk/updateComment.ts';
import * as writers from '../../../shared/data/review/writers.ts';
import { newWriter } from '../../../shared/domain/review/trust.ts';
import { EDIT_MS } from '../../../shared/domain/talk/comment.ts';
import { timeMs } from '../../../shared/schemas/base.ts';
import type { Talk } from '../../../shared/schemas/talk/talk.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenShown, givenWritten, judge, storedComment } from '../../support/given/comment.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import type { Buyer } from '../../support/given/order.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(updateComment, () => {
  let world: World;
  let alice: Buyer;
  let course: GivenCourse;
  let product: string;
  const opens = async () => {
    world = await createWorld();
    alice = await givenWriter(world, 'alice');
    course = await givenCourse(world);
    product = `product:${course.productId}`;
  };
  const edits = (id: string, changes: object = {}, writer = alice) =>
    world.call(updateComment, { id, body: '改过了', stars: null, ...changes }, writer);
  const shows = async () => (await world.call(listComments, { threadId: product })).data.items;

  beforeEach(opens);
  afterEach(() => world.close());

  test('LK14 others see the words that passed, until the new ones have', async () => {
    const { id } = await givenShown(world, alice, product, { body: '原来的' });
    expect((await edits(id)).data.comment).toMatchObject({ body: '改过了', state: 'checking', version: 2 });
    expect(await shows()).toMatchObject([{ body: '原来的', isEdited: false }]);
    await judge(world, id, 'risky');
    expect(await shows()).toMatchObject([{ body: '原来的' }]);
    await edits(id, { body: '又改了' });
    await judge(world, id);
    expect(await shows()).toMatchObject([{ body: '又改了', isEdited: true }]);
  });

  test('LK14 an edit of what waits is a version of its own: the verdict of the first does not show the second', async () => {
    const { id } = await givenWritten(world, alice, product, { body: '原来的' });
    await edits(id);
    expect(await storedComment(world, id)).toMatchObject({ review: { version: 2, waitsFor: ['text'] } });
    await judge(world, id);
    expect(await shows()).toMatchObject([{ body: '改过了' }]);
  });

  test('what leads out of the shop goes to staff, also when it was edited in', async () => {
    const { id } = await givenShown(world, alice, product, { body: '原来的' });
    await edits(id, { body: '加我微信 wx: learner2026' });
    await judge(world, id);
    expect(await storedComment(world, id)).toMatchObject({
      review: { state: 'queued', doubts: ['contact'] },
    });
    expect(await shows()).toMatchObject([{ body: '原来的' }]);
  });

  test('the same words twice are one version', async () => {
    const { id } = await givenShown(world, alice, product);
    const once = await edits(id);
    expect((await edits(id)).data).toEqual(once.data);
    expect(await storedComment(world, id)).toMatchObject({ review: { version: 2 } });
  });

  test('other stars count instead of the ones before, without a check', async () => {
    await givenAccess(world, alice.userId, course.productId);
    const { id, body } = await givenShown(world, alice, product, { stars: 2 });
    await world.run(foldComments);
    await edits(id, { body, stars: 5 });
    await world.run(foldComments);
    const { rating } = (await world.call(getThread, { kind: 'product', id: course.productId })).data;
    expect(rating).toEqual({ people: 1, averageHundredths: 500, stars: [0, 0, 0, 0, 1] });
    expect(await storedComment(world, id)).toMatchObject({ review: { version: 1 } });
  });

  test('comment.not_editable: after fifteen minutes, and to begin or end giving stars', async () => {
    const { id } = await givenShown(world, alice, product);
    expect(await edits(id, { stars: 3 })).toMatchObject({ status: 409, code: 'comment.not_editable' });
    world.clock.advance(EDIT_MS);
    expect(await edits(id)).toMatchObject({ code: 'comment.not_editable' });
  });

  test('review.not_editable: while staff decide', async () => {
    const { id } = await givenWritten(world, alice, product);
    await judge(world, id, 'review');
    expect(await edits(id)).toMatchObject({ status: 409, code: 'review.not_editable' });
  });

  test('comment.not_found: also for a comment of somebody else', async () => {
    const { id } = await givenShown(world, alice, product);
    expect(await edits(id, {}, await givenWriter(world, 'bob'))).toMatchObject({ code: 'comment.not_found' });
    expect(await edits(world.ports.ids.make('cmt'))).toMatchObject({ code: 'comment.not_found' });
  });

  test('thread.not_found and thread.not_writable: where they may not read or write any more', async () => {
    const lasts = EDIT_MS / 2;
    await givenAccess(world, alice.userId, course.productId, {
      kind: 'until',
      untilAtMs: timeMs(world.clock.now() + lasts),
    });
    const onTrial = await givenShown(world, alice, `lesson:${course.trial.id}`);
    const onPaid = await givenShown(world, alice, `lesson:${course.paid.id}`);
    world.clock.advance(lasts);
    expect(await edits(onTrial.id)).toMatchObject({ code: 'thread.not_writable' });
    expect(await edits(onPaid.id)).toMatchObject({ code: 'thread.not_found' });
  });

  test('feature.off', async () => {
    const { id } = await givenShown(world, alice, product);
    const talk: Talk = { ...defaultSettings.talk, comments: 'read' };
    Object.assign(world.ports.settings, { talk });
    expect(await edits(id)).toMatchObject({ code: 'feature.off' });
  });

  test('consent.required, phone.required, writing.suspended, writing.too_many: as for a new comment', async () => {
    const { id } = await givenShown(world, alice, product);
    const now = world.clock.now();
    const full = { ...newWriter(alice.userId, now), counts: { comment: 10, topic: 0, mark: 0, flag: 0 } };
    const keep = async (changes: object) =>
      world.ports.database.tx(async (tx) => {
        const before = await writers.find(tx, alice.userId);
        await writers.save(tx, before, { ...full, ...changes });
      });
    await keep({});
    expect(await edits(id)).toMatchObject({ code: 'writing.too_many' });
    const removed = ['1', '2', '3'].map((n) => ({ target: `comment:${n}`, atMs: now, by: 'platform' }));
    await keep({ removed });
    expect(await edits(id)).toMatchObject({ code: 'writing.suspended' });
    Object.assign(world.ports.settings, { talk: { ...defaultSettings.talk, needsPhone: true } });
    expect(await edits(id)).toMatchObject({ code: 'phone.required' });
    const where = { page: 'own/privacy', appVersion: '1.0.0' };
    await world.call(withdrawConsent, { kind: 'community', ...where }, alice);
    expect(await edits(id)).toMatchObject({ code: 'consent.required' });
  });
});
