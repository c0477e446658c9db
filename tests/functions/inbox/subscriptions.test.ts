import { listSubscribable } from '../../../functions/inbox/listSubscribable.ts';
import { reportSubscriptions } from '../../../functions/inbox/reportSubscriptions.ts';
import { wechatPush } from '../../../functions/operations/wechatPush.ts';
import { SIMULATED_TEMPLATES } from '../../../local/simulators/wechat/templates.ts';
import * as cases from '../../../shared/data/operations/cases.ts';
import { answerPush } from '../../../shared/flows/operations/answerPush.ts';
import { SECOND_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenAllowed, inboxWorld, leftOf } from '../../support/given/inbox.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import type { World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
const { order, refund, learning } = SIMULATED_TEMPLATES;

beforeEach(async () => {
  world = await inboxWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const answers = async (said: Readonly<Record<string, 'accept' | 'reject'>>) => {
  world.weixin.subscriptions.answer(alice.openid, said);
  await world.drain();
  world.clock.advance(SECOND_MS);
};
const lefts = async () =>
  Promise.all((['order', 'refund', 'learning'] as const).map((kind) => leftOf(world, alice, kind)));

describe('what WeChat pushes about messages', () => {
  test.each(['json', 'xml'] as const)(
    'LK21: a list that is one object, or an array of several, is read alike in %s',
    async (format) => {
      world.xpay.push.format = format;
      await answers({ [order.id]: 'accept' });
      await answers({ [order.id]: 'accept', [refund.id]: 'accept', [learning.id]: 'reject' });
      expect(await lefts()).toEqual([2, 1, 0]);
      expect(world.xpay.push.records.every(({ isTaken }) => isTaken)).toBe(true);
    },
  );

  test('a repeat counts once, and what somebody switches off ends all they had allowed', async () => {
    world.weixin.subscriptions.faults.next('pushedTwice', 2);
    await answers({ [order.id]: 'accept' });
    world.clock.advance(SECOND_MS);
    await world.drain();
    expect(await lefts()).toEqual([1, 0, 0]);
    world.weixin.subscriptions.change(alice.openid, order.id, 'reject');
    await world.drain();
    world.clock.advance(SECOND_MS);
    expect(await storedIn(world, 'subscriptions')).toMatchObject([{ left: 0, isBlocked: true }]);
    world.weixin.subscriptions.change(alice.openid, order.id, 'accept');
    await world.drain();
    expect(await storedIn(world, 'subscriptions')).toMatchObject([{ left: 0, isBlocked: false }]);
  });

  test('what is not sealed, and so anybody can forge, counts for nothing', async () => {
    const item = { TemplateId: order.id, SubscribeStatusString: 'accept' };
    const words = { FromUserName: alice.openid, CreateTime: 1, List: item };
    const reply = () => ({ body: '', contentType: '' });
    for (const isSealed of [false, true]) {
      expect(await storedIn(world, 'subscriptions')).toEqual([]);
      const message = { event: 'subscribe_msg_popup_event', words, isSealed, reply };
      await answerPush(world.ports, message, { now: world.clock.now(), requestId: 'r' });
    }
    expect(await lefts()).toEqual([1, 0, 0]);
  });

  test('a stranger, a template of nobody and a list that is none change nothing', async () => {
    world.weixin.subscriptions.answer(`o${'x'.repeat(27)}`, { [order.id]: 'accept' });
    world.weixin.subscriptions.answer(alice.openid, { unknown_template: 'accept' });
    await world.drain();
    const head = { FromUserName: alice.openid, CreateTime: 1 };
    const push = { event: 'subscribe_msg_popup_event', orderNumber: '', words: () => head };
    expect(await world.xpay.push.deliver(push, 'genuine')).toBe(false);
    expect(world.xpay.push.records.at(-1)?.status).toBe(400);
    expect(await storedIn(world, 'subscriptions')).toEqual([]);
    expect(wechatPush.contract.errors).toContain('notice.malformed');
  });
});

describeFunction(reportSubscriptions, () => {
  const reports = (given: World, who: Buyer) =>
    given.call(reportSubscriptions, { accepted: ['order', 'order'], atMs: given.clock.now() }, who);

  test('the phone’s word counts for nothing where WeChat pushes', async () => {
    expect((await reports(world, alice)).data).toEqual({ isCounted: false });
    expect(await storedIn(world, 'subscriptions')).toEqual([]);
  });

  test('without a push it counts, once a moment', async () => {
    Object.assign(world.ports.settings, { subscribeAnswers: 'phone' });
    for (let time = 0; time < 2; time += 1)
      expect((await reports(world, alice)).data).toEqual({ isCounted: true });
    expect(await leftOf(world, alice, 'order')).toBe(1);
    world.clock.advance(SECOND_MS);
    await reports(world, alice);
    expect(await leftOf(world, alice, 'order')).toBe(2);
  });
});

describeFunction(listSubscribable, () => {
  const asks = async (place: string, who = alice) =>
    (await world.call(listSubscribable, { place }, who)).data;
  const kinds = async (place: string) => (await asks(place)).templates.map(({ kind }) => kind);

  test('at most three of the place, with the ids that the phone asks by', async () => {
    expect(await asks('paid')).toEqual({
      templates: [
        { kind: 'order', templateId: order.id },
        { kind: 'refund', templateId: refund.id },
        { kind: 'learning', templateId: learning.id },
      ],
      needsReport: false,
    });
    expect(await kinds('writing')).toEqual(['reply', 'review']);
  });

  test('what somebody switched off, allows enough of, or WeChat does not take is not asked for', async () => {
    await givenAllowed(world, alice, 'order', 5);
    expect(await kinds('paid')).toEqual(['refund', 'learning']);
    world.weixin.subscriptions.change(alice.openid, refund.id, 'reject');
    await world.drain();
    expect(await kinds('paid')).toEqual(['learning']);
    const off = { kind: 'message_template', cause: `off:learning:${learning.id}`, story: '停用' } as const;
    await world.ports.database.tx((tx) => cases.open(tx, off, world.clock.now()));
    expect(await kinds('paid')).toEqual([]);
  });

  test('a shop without templates asks for nothing', async () => {
    const plain = await inboxWorld(12, { settings: { templates: {} } });
    const who = await plain.login('alice');
    const { data } = await plain.call(listSubscribable, { place: 'paid' }, who);
    expect(data.templates).toEqual([]);
    await plain.close();
  });
});
