import { claimCertificate } from '../../../functions/learning/claimCertificate.ts';
import { listCertificates } from '../../../functions/learning/listCertificates.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenFinished } from '../../support/given/learning.ts';
import { createWorld } from '../../support/world.ts';

describeFunction(listCertificates, () => {
  test('one’s own, the last finished course first, page by page', async () => {
    const world = await createWorld();
    const alice = await world.login('alice');
    for (const title of ['甲', '乙']) {
      const { productId } = await givenCourse(world, { title });
      await givenAccess(world, alice.userId, productId);
      await givenFinished(world, alice, productId);
      await world.call(claimCertificate, { id: productId, name: '张三' }, alice);
    }
    const first = (await world.call(listCertificates, { limit: 1 }, alice)).data;
    const second = (await world.call(listCertificates, { limit: 1, cursor: first.nextCursor }, alice)).data;
    expect([first, second].flatMap(({ items }) => items.map(({ title }) => title))).toEqual(['乙', '甲']);
    expect((await world.call(listCertificates, {}, await world.login('bob'))).data.items).toEqual([]);
    await world.close();
  });
});
