import { getMe } from '../../../functions/identity/getMe.ts';
import { updateMe } from '../../../functions/identity/updateMe.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { exported } from '../../support/given/export.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(updateMe, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('given fields change, other fields stay', async () => {
    const avatarUrl = 'https://thirdwx.qlogo.cn/mmopen/abc/132';
    await world.call(updateMe, { nickname: ' 小爱 ', avatarUrl }, alice);
    const second = await world.call(updateMe, { nickname: '小爱 2' }, alice);
    expect(second.data).toMatchObject({ nickname: '小爱 2', avatarUrl });
    expect((await world.call(getMe, {}, alice)).data).toEqual(second.data);
  });

  test('invisible characters are left out of a nickname, and an emoji stays whole', async () => {
    const { data } = await world.call(updateMe, { nickname: '小\u200b爱\n👩\u200d💻\u2800' }, alice);
    expect(data).toMatchObject({ nickname: '小爱 👩\u200d💻' });
  });

  test('a picture is taken away', async () => {
    await world.call(updateMe, { avatarUrl: 'https://a.example/1.png' }, alice);
    const { data } = await world.call(updateMe, { avatarUrl: null }, alice);
    expect(data).toMatchObject({ avatarUrl: null });
  });

  test('two changes at once are both kept', async () => {
    await Promise.all([
      world.call(updateMe, { nickname: '小爱' }, alice),
      world.call(updateMe, { avatarUrl: 'https://a.example/1.png' }, alice),
    ]);
    const { data } = await world.call(getMe, {}, alice);
    expect(data).toMatchObject({ nickname: '小爱', avatarUrl: 'https://a.example/1.png' });
  });

  test.each([
    ['a role', { role: 'admin' }],
    ['another id', { id: 'usr_01JD0000000000000000000001' }],
    ['a consent, which needs a text', { consents: { terms: '1' } }],
    ['an empty nickname', { nickname: '   ' }],
    ['a nickname that cannot be seen', { nickname: '\u200b\u2800\ufe0f' }],
    ['a nickname of 31 characters', { nickname: '长'.repeat(31) }],
    ['a nickname that turns the text around', { nickname: 'abc\u202Ecba' }],
    ['a picture without TLS', { avatarUrl: 'http://a.example/1.png' }],
    ['a script for a picture', { avatarUrl: 'javascript:alert(1)' }],
    ['an address of the inner network', { avatarUrl: 'https://169.254.0.23/latest/meta-data' }],
    ['a local host', { avatarUrl: 'https://localhost/1.png' }],
    ['a link of 501 characters', { avatarUrl: `https://a.example/${'x'.repeat(483)}` }],
    ['an operator object', { nickname: { $gt: '' } }],
  ])('request.invalid, and nothing changes: %s', async (_, input) => {
    const before = await exported(world);
    expect(await world.call(updateMe, input, alice)).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(await exported(world)).toEqual(before);
  });
});
