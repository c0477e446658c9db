import { checkWechatPush } from '../../../functions/operations/checkWechatPush.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { PUSH_URL } from '../../support/outside.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(checkWechatPush, () => {
  let world: World;
  const check = (query: Readonly<Record<string, string>>) =>
    world.call(checkWechatPush, { query, rawBody: '' });

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('WeChat can be told to push to us: we answer what only we can', async () => {
    expect(await world.xpay.push.configure(PUSH_URL)).toBe(true);
  });

  test('notice.signature_invalid: whoever does not know the token', async () => {
    const query = { signature: 'f'.repeat(40), timestamp: '1714036504', nonce: '1', echostr: '<script>' };
    const { status, code, body } = await check(query);
    expect([status, code]).toEqual([401, 'notice.signature_invalid']);
    expect(JSON.stringify(body)).not.toContain('script');
    expect((await check({})).code).toBe('notice.signature_invalid');
  });

  test('route.not_found: a shop to which nothing is pushed', async () => {
    Object.assign(world.ports, { push: null });
    expect((await check({})).code).toBe('route.not_found');
  });
});
