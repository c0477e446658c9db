import { revokeCertificate } from '../../../../functions/admin/learning/revokeCertificate.ts';
import { claimCertificate } from '../../../../functions/learning/claimCertificate.ts';
import { verifyCertificate } from '../../../../functions/learning/verifyCertificate.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCourse } from '../../../support/given/course.ts';
import { givenAccess } from '../../../support/given/entitlement.ts';
import { givenFinished } from '../../../support/given/learning.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(revokeCertificate, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('whoever verifies the number sees it, the first reason stays, and it is audited once', async () => {
    const alice = await world.login('alice');
    const { productId } = await givenCourse(world);
    await givenAccess(world, alice.userId, productId);
    await givenFinished(world, alice, productId);
    const { number } = (await world.call(claimCertificate, { id: productId, name: '张三' }, alice)).data
      .certificate;
    const admin = await givenStaff(world, 'admin');
    const revokes = (reason: string) => world.call(revokeCertificate, { number, reason }, admin);
    const first = (await revokes('代学')).data;
    expect(first.certificate).toMatchObject({ name: '张三', isNameShown: false });
    expect(first.certificate.revoked).toMatchObject({ by: admin.userId, reason: '代学' });
    expect((await revokes('又')).data).toEqual(first);
    expect((await world.call(verifyCertificate, { number })).data.state).toBe('revoked');
    const audited = (await storedIn(world, 'audit')).filter(
      (entry) => Object(entry).action === 'certificate.revoke',
    );
    expect(audited).toHaveLength(1);
  });

  test('certificate.not_found', async () => {
    const asked = { number: 'ZK0000000000', reason: '代学' };
    expect(await world.call(revokeCertificate, asked, await givenStaff(world, 'admin'))).toMatchObject({
      ...{ status: 404, code: 'certificate.not_found' },
    });
  });
});
