import { claimCertificate } from '../../../functions/learning/claimCertificate.ts';
import { verifyCertificate } from '../../../functions/learning/verifyCertificate.ts';
import { nameMasked } from '../../../shared/domain/learning/certificate.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenFinished } from '../../support/given/learning.ts';
import { judgeName } from '../../support/given/profile.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(verifyCertificate, () => {
  let world: World;
  const verify = (number: string, address = '203.0.113.7') =>
    world.call(verifyCertificate, { number }, { address });
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('it tells no more of the person than two characters, however the number is typed', async () => {
    const alice = await world.login('alice');
    const { productId } = await givenCourse(world);
    await givenAccess(world, alice.userId, productId);
    await givenFinished(world, alice, productId);
    const { certificate } = (await world.call(claimCertificate, { id: productId, name: '欧阳娜娜' }, alice))
      .data;
    const { number } = certificate;
    await judgeName(world, certificate.review.target);
    const { data, body } = await verify(`${number.toLowerCase().slice(0, 6)}-${number.slice(6)}`);
    expect(data).toMatchObject({ number, nameMasked: '欧*娜', state: 'issued', lessons: 3 });
    expect(JSON.stringify(body)).not.toMatch(/usr_|阳/);
  });

  test('a name is masked by what people see as its characters', () => {
    expect(['张', '张三', '张三丰', '👩‍💻🇨🇳x', 'Ada Lovelace'].map(nameMasked)).toEqual([
      ...['张*', '张*', '张*丰', '👩‍💻*x', 'A*e'],
    ]);
  });

  test('certificate.not_found: numbers cannot be tried in great number', async () => {
    for (let n = 0; n < 30; n += 1) {
      const number = `ZK${String(n).padStart(10, '0')}`;
      expect(await verify(number)).toMatchObject({ status: 404, code: 'certificate.not_found' });
    }
    expect(await verify('ZK0000000031')).toMatchObject({ code: 'request.too_many' });
    expect(await verify('ZK00000000IL', '203.0.113.8')).toMatchObject({ code: 'request.invalid' });
  });
});
