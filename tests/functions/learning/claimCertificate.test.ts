import { publishCourseOutline } from '../../../functions/admin/catalogue/publishCourseOutline.ts';
import { putCourseOutline } from '../../../functions/admin/catalogue/putCourseOutline.ts';
import { removeQuiz } from '../../../functions/admin/learning/removeQuiz.ts';
import { revokeCertificate } from '../../../functions/admin/learning/revokeCertificate.ts';
import { claimCertificate } from '../../../functions/learning/claimCertificate.ts';
import { verifyCertificate } from '../../../functions/learning/verifyCertificate.ts';
import * as certificates from '../../../shared/data/learning/certificates.ts';
import { nameWritten, submitNew } from '../../../shared/domain/review/review.ts';
import { DAY_MS } from '../../../shared/schemas/base.ts';
import { Certificate } from '../../../shared/schemas/learning/certificate.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type GivenCourse, givenCourse, unknownProductId } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenFinished, givenPlayed, givenQuiz, lessonIdsOf } from '../../support/given/learning.ts';
import { badWorld, storedIn } from '../../support/given/order.ts';
import { judgeName } from '../../support/given/profile.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(claimCertificate, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  let course: GivenCourse;
  const claims = (name = '张三丰', id = course.productId) =>
    world.call(claimCertificate, { id, name }, alice);
  const told = async () =>
    (await storedIn(world, 'tasks')).filter((task) => Object(task).consumer === 'rewardFinishedCourse');

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    course = await givenCourse(world);
    await givenAccess(world, alice.userId, course.productId);
  });
  afterEach(() => world.close());

  test('a finished course gives a certificate, whose number anybody can verify', async () => {
    await givenFinished(world, alice, course.productId);
    const { certificate } = (await claims()).data;
    expect(certificate).toMatchObject({ name: '张三丰', title: '一门课程', lessons: 3, state: 'issued' });
    await judgeName(world, certificate.review.target);
    expect(certificate.number).toMatch(/^ZK[0-9A-HJKMNP-TV-Z]{10}$/);
    const seen = await world.call(verifyCertificate, { number: certificate.number });
    expect(seen.data).toMatchObject({ nameMasked: '张*丰', title: '一门课程', state: 'issued' });
  });

  const named = async (number: string) => (await world.call(verifyCertificate, { number })).data.nameMasked;

  test('nobody sees the name before it has passed, WeChat is asked as about a profile, and the author sees where it stands', async () => {
    await givenFinished(world, alice, course.productId);
    const { number, review } = (await claims()).data.certificate;
    const target = `certificate:${alice.userId}:${course.productId}`;
    expect(review).toMatchObject({ target, state: 'checking', isShown: false });
    expect(await named(number)).toBe('学员');
    const asked = jest.spyOn(world.ports.safety, 'checkText');
    await world.deliver('checkText', `text.submitted:${target}:1`);
    expect(asked.mock.calls.map(([{ scene, content }]) => [scene, content])).toEqual([[1, '张三丰']]);
    expect(await named(number)).toBe('张*丰');
    expect((await claims()).data.certificate.review).toMatchObject({ state: 'public', isShown: true });
  });

  test('a name that was refused is never seen; its owner writes another one, or wins an appeal', async () => {
    await givenFinished(world, alice, course.productId);
    const { number, review } = (await claims('违规')).data.certificate;
    await world.deliver('checkText', `text.submitted:${review.target}:1`);
    expect(await named(number)).toBe('学员');
    const again = (await claims('违规')).data.certificate;
    expect(again.review).toMatchObject({ state: 'rejected', version: 1, appealUntilMs: expect.any(Number) });
    const other = (await claims('张三丰')).data.certificate;
    expect(other).toMatchObject({ name: '张三丰', number, review: { state: 'checking', version: 2 } });
    expect(await named(number)).toBe('学员');
    await world.deliver('checkText', `text.submitted:${review.target}:2`);
    expect(await named(number)).toBe('张*丰');
    expect((await claims('李四')).data.certificate.name).toBe('张三丰');
  });

  test('a name from before names were checked is its owner’s alone until they claim again, with any name', async () => {
    const {
      newest: _,
      shown: __,
      isShown: ___,
      checkingSinceMs: ____,
      review: _____,
      ...rest
    } = {
      ...submitNew(alice.userId, nameWritten('张三丰'), [], world.clock.now()),
      ...{ id: `${alice.userId}:${course.productId}`, productId: course.productId, number: 'ZK0123456789' },
      ...{ title: '一门课程', lessons: 3, finishedAtMs: world.clock.now(), state: 'issued' as const },
      ...{ issuedAtMs: world.clock.now(), revoked: null, updatedAtMs: world.clock.now() },
    };
    const old = Certificate.parse(certificates.collection.upgrade?.({ ...rest, name: '张三丰' }, 1));
    await givenFinished(world, alice, course.productId);
    await world.ports.database.tx((tx) => certificates.save(tx, null, old));
    expect(await named(old.number)).toBe('学员');
    const { certificate } = (await claims('张三丰')).data;
    expect(certificate.review).toMatchObject({ state: 'checking', version: 2 });
    await judgeName(world, certificate.review.target);
    expect(await named(old.number)).toBe('张*丰');
  });

  test('LK8 a double click gives one certificate, and the first name stays', async () => {
    await givenFinished(world, alice, course.productId);
    const both = await Promise.all([claims(), claims()]);
    expect(both[0]?.data).toEqual(both[1]?.data);
    expect((await claims('李四')).data).toEqual(both[0]?.data);
    expect(await storedIn(world, 'certificates')).toHaveLength(1);
    expect(await storedIn(world, 'certificateNumbers')).toHaveLength(1);
  });

  test('a store that loses answers gives one certificate with one number', async () => {
    const bad = await badWorld(3, { conflict: 0.3, commitLost: 0.3 });
    const bob = await bad.login('bob');
    const { productId } = await givenCourse(bad);
    await givenAccess(bad, bob.userId, productId);
    await givenFinished(bad, bob, productId);
    for (let n = 0; n < 5; n += 1) await bad.call(claimCertificate, { id: productId, name: '鲍勃' }, bob);
    expect(await storedIn(bad, 'certificates')).toHaveLength(1);
    expect(await storedIn(bad, 'certificateNumbers')).toHaveLength(1);
    await bad.close();
  });

  test('course.not_finished: it says how many lessons are missing', async () => {
    expect(await claims()).toMatchObject({ status: 409, code: 'course.not_finished' });
    await givenPlayed(world, alice, course.paid.id);
    const refused = await claims();
    expect(refused).toMatchObject({ code: 'course.not_finished' });
    expect(refused.error.params).toEqual({ missing: 2 });
  });

  test('LK6 a lesson that is hidden since leaves nobody stuck: the course is finished and told when it is looked at again', async () => {
    const ids = await lessonIdsOf(world, course.productId);
    for (const id of ids.slice(0, 2)) await givenPlayed(world, alice, id);
    const editor = await givenStaff(world, 'editor');
    const lessons = ids.map((id, at) => ({ id, isHidden: at === 2 }));
    const asked = { id: course.productId, expectedVersion: 1, chapters: [{ title: '全部', lessons }] };
    await world.call(putCourseOutline, asked, editor);
    await world.call(publishCourseOutline, { id: course.productId, expectedVersion: 2 }, editor);
    expect(await told()).toHaveLength(0);
    expect((await claims()).data.certificate).toMatchObject({ lessons: 2 });
    expect(await told()).toHaveLength(1);
  });

  test('LK6 a quiz that is gone leaves nobody stuck', async () => {
    await givenQuiz(world, course.productId, course.paid.id);
    await givenFinished(world, alice, course.productId);
    expect(await claims()).toMatchObject({ code: 'course.not_finished' });
    const asked = { id: course.productId, lessonId: course.paid.id, expectedVersion: 1 };
    await world.call(removeQuiz, asked, await givenStaff(world, 'editor'));
    expect((await claims()).data.certificate).toMatchObject({ lessons: 3 });
  });

  test('who has finished gets it also when the access has ended', async () => {
    const other = await givenCourse(world);
    await givenAccess(world, alice.userId, other.productId, { kind: 'days', days: 1 });
    await givenFinished(world, alice, other.productId);
    world.clock.advance(DAY_MS);
    expect((await claims('张三', other.productId)).status).toBe(200);
  });

  test('certificate.revoked: what staff revoked is not given again', async () => {
    await givenFinished(world, alice, course.productId);
    const { number } = (await claims()).data.certificate;
    await world.call(revokeCertificate, { number, reason: '代学' }, await givenStaff(world, 'admin'));
    expect(await claims()).toMatchObject({ status: 409, code: 'certificate.revoked' });
  });

  test('course.not_found', async () => {
    expect(await claims('张三', unknownProductId(world))).toMatchObject({ code: 'course.not_found' });
    const draft = await givenCourse(world, { state: 'draft' });
    expect(await claims('张三', draft.productId)).toMatchObject({ code: 'course.not_found' });
  });
});
