import { giveConsent } from '../../../functions/identity/giveConsent.ts';
import { withdrawConsent } from '../../../functions/identity/withdrawConsent.ts';
import { sendMessage } from '../../../functions/inbox/sendMessage.ts';
import { sendWaitingMessages } from '../../../functions/inbox/sendWaitingMessages.ts';
import { SIMULATED_TEMPLATES } from '../../../local/simulators/wechat/templates.ts';
import { SENDING_MS } from '../../../shared/domain/inbox/delivery.ts';
import { DAY_MS, MINUTE_MS, ProductId } from '../../../shared/schemas/base.ts';
import type { MessageSubject } from '../../../shared/schemas/inbox/message.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import {
  givenAllowed,
  givenMessage,
  inboxWorld,
  leftOf,
  messagesIn,
  moveToHour,
} from '../../support/given/inbox.ts';
import { publishText } from '../../support/given/legal.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import type { World } from '../../support/world.ts';

let world: World;
let alice: Buyer;

beforeEach(async () => {
  world = await inboxWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const reached = () => world.weixin.subscriptions.reached;
const runs = async (id: string, turn = 1) => world.deliver('sendMessage', `message.due:${id}:${turn}`);
const states = async () =>
  (await messagesIn(world)).map(({ state, code }) => (code === null ? state : `${state} ${code}`));
const cases = () => storedIn(world, 'cases');
const FINISHED: MessageSubject = {
  kind: 'course_finished',
  title: '课',
  productId: ProductId.parse(`prd_${'0'.repeat(26)}`),
};

describeFunction(sendMessage, () => {
  test('what somebody allows is sent with its fields and page, takes one of what they allow, and only once', async () => {
    await givenAllowed(world, alice, 'order', 2);
    const id = await givenMessage(world, alice.userId, 'a');
    expect(await runs(id)).toBe('done');
    expect(await runs(id)).toBe('skipped');
    expect(reached()).toMatchObject([
      {
        openid: alice.openid,
        templateId: SIMULATED_TEMPLATES.order.id,
        data: { thing1: '编程入门', amount2: '¥99.00', phrase4: '已支付' },
      },
    ]);
    expect(reached()[0]?.page).toMatch(/^buy\/order\/order\?id=ord_/);
    expect(await states()).toEqual(['sent']);
    expect(await leftOf(world, alice, 'order')).toBe(1);
  });

  test('who allows none gets it in the inbox only', async () => {
    await runs(await givenMessage(world, alice.userId, 'a'));
    expect(await states()).toEqual(['skipped no_quota']);
    expect(reached()).toEqual([]);
  });

  test('LK22: the second message that WeChat refuses ends what they allow, and is no error and no case', async () => {
    await givenAllowed(world, alice, 'order', 3);
    world.weixin.subscriptions.refusals.push(43101);
    world.logs.length = 0;
    await runs(await givenMessage(world, alice.userId, 'a'));
    expect(await states()).toEqual(['refused 43101']);
    expect(await leftOf(world, alice, 'order')).toBe(0);
    expect(world.logs.filter(({ level }) => level !== 'info')).toEqual([]);
    expect(await cases()).toEqual([]);
  });

  test('LK23: an answer that is lost after the message was sent ends as unknown, and nothing sends it again', async () => {
    await givenAllowed(world, alice, 'order', 2);
    world.weixin.subscriptions.push = null;
    world.weixin.subscriptions.faults.next('answerLost');
    const id = await givenMessage(world, alice.userId, 'a');
    await runs(id);
    expect(await states()).toEqual(['unknown']);
    world.clock.advance(DAY_MS);
    await world.run(sendWaitingMessages);
    await world.drain();
    expect(reached()).toHaveLength(1);
    expect(await leftOf(world, alice, 'order')).toBe(1);
  });

  test('LK23: a run that dies behind the call leaves it unknown a minute later, and the next run does not call', async () => {
    await givenAllowed(world, alice, 'order', 2);
    const id = await givenMessage(world, alice.userId, 'a');
    const { messages } = world.ports;
    const dying = {
      ...messages,
      send: async (asked: never) => {
        await messages.send(asked);
        throw new Error('killed');
      },
    };
    const { takeForSending } = await import('../../../shared/flows/inbox/sendOutside.ts');
    const asked = await takeForSending(world.ports, id, world.clock.now());
    await expect(dying.send(asked as never)).rejects.toThrow('killed');
    await expect(runs(id)).rejects.toMatchObject({ code: 'wechat.unavailable' });
    world.clock.advance(SENDING_MS);
    expect(await runs(id)).toBe('done');
    expect(await states()).toEqual(['unknown']);
    expect(reached()).toHaveLength(1);
  });

  test('a push that tells of a message of which nobody knew ends the doubt', async () => {
    await givenAllowed(world, alice, 'order');
    world.weixin.subscriptions.faults.next('slow');
    await runs(await givenMessage(world, alice.userId, 'a'));
    expect(await states()).toEqual(['unknown']);
    await world.drain();
    expect(await states()).toEqual(['sent']);
  });

  test.each([47003])(
    '%d: the values do not fit: staff hear of it once, and the quota comes back',
    async (code) => {
      await givenAllowed(world, alice, 'order', 2);
      world.weixin.subscriptions.refusals.push(code, code);
      for (const cause of ['a', 'b']) await runs(await givenMessage(world, alice.userId, cause));
      expect(await states()).toEqual([`failed ${code}`, `failed ${code}`]);
      expect(await cases()).toMatchObject([{ id: 'message_template:values:order', state: 'open' }]);
      expect(await leftOf(world, alice, 'order')).toBe(2);
    },
  );

  test.each([40037, 41030])(
    '%d: nothing more is sent by the template until staff close the case',
    async (code) => {
      await givenAllowed(world, alice, 'order', 3);
      world.weixin.subscriptions.refusals.push(code);
      for (const cause of ['a', 'b']) await runs(await givenMessage(world, alice.userId, cause));
      expect(await states()).toEqual([`failed ${code}`, 'skipped template_off']);
      const [open] = (await cases()) as { id: string }[];
      expect(open?.id).toBe(`message_template:off:order:${SIMULATED_TEMPLATES.order.id}`);
      await world.ports.database.tx(async (tx) => {
        const { collection } = await import('../../../shared/data/operations/cases.ts');
        const before = await tx.find(collection, open?.id ?? '');
        if (before !== null) await tx.update(collection, { ...before, state: 'closed' });
      });
      await runs(await givenMessage(world, alice.userId, 'c'));
      expect((await states())[2]).toBe('sent');
    },
  );

  test.each(['busy', 'tooMany'] as const)(
    '%s: it is tried again later, three times, and the quota comes back',
    async (fault) => {
      await givenAllowed(world, alice, 'order');
      world.weixin.subscriptions.faults.next(fault, 60);
      const id = await givenMessage(world, alice.userId, 'a');
      for (let turn = 1; turn <= 3; turn += 1) {
        await runs(id, turn);
        expect(await leftOf(world, alice, 'order')).toBe(1);
        world.clock.advance(15 * MINUTE_MS);
        await world.run(sendWaitingMessages);
      }
      expect((await messagesIn(world))[0]).toMatchObject({ state: 'failed', tries: 3 });
      expect(reached()).toEqual([]);
    },
  );

  test('a token that is not to be had is no lost answer: it is sent later', async () => {
    await givenAllowed(world, alice, 'order');
    world.weixin.faults.next('requestLost', 100);
    const id = await givenMessage(world, alice.userId, 'a');
    await runs(id);
    expect((await messagesIn(world))[0]?.state).toBe('waiting');
  });

  test('at night what may wait waits for the morning, what may not is sent', async () => {
    await givenAllowed(world, alice, 'order');
    await givenAllowed(world, alice, 'learning');
    moveToHour(world, 23);
    await runs(await givenMessage(world, alice.userId, 'paid'));
    await givenMessage(world, alice.userId, 'finished', FINISHED);
    await world.run(sendWaitingMessages);
    await world.drain();
    expect(await states()).toEqual(['waiting', 'sent']);
    moveToHour(world, 8);
    world.clock.advance(30 * MINUTE_MS);
    await world.run(sendWaitingMessages);
    await world.drain();
    expect(await states()).toEqual(['sent', 'sent']);
    expect(reached()).toHaveLength(2);
  });

  test('the same kind is sent once in ten minutes, and three messages a day at most; the inbox has all', async () => {
    await givenAllowed(world, alice, 'order', 9);
    for (const cause of ['a', 'b', 'c', 'd', 'e']) {
      await runs(await givenMessage(world, alice.userId, cause));
      if (cause !== 'a') world.clock.advance(10 * MINUTE_MS);
    }
    expect(await states()).toEqual(['sent', 'skipped merged', 'sent', 'sent', 'skipped day_full']);
    world.clock.advance(DAY_MS);
    await runs(await givenMessage(world, alice.userId, 'f'));
    expect(reached()).toHaveLength(4);
  });

  test('an advertisement goes only to who agrees to such today, and once a week', async () => {
    await publishText(world, 'marketing', '1');
    await givenAllowed(world, alice, 'promotion', 5);
    const subject = { kind: 'promotion_started', title: '周', untilAtMs: world.clock.now() } as const;
    const place = { kind: 'marketing', page: 'own/privacy', appVersion: '1.0.0' };
    await runs(await givenMessage(world, alice.userId, 'a', subject));
    await world.call(giveConsent, { ...place, version: '1' }, alice);
    await runs(await givenMessage(world, alice.userId, 'b', subject));
    world.clock.advance(6 * DAY_MS);
    await runs(await givenMessage(world, alice.userId, 'c', subject));
    world.clock.advance(DAY_MS);
    await runs(await givenMessage(world, alice.userId, 'd', subject));
    world.clock.advance(7 * DAY_MS);
    await world.call(withdrawConsent, place, alice);
    await runs(await givenMessage(world, alice.userId, 'e', subject));
    expect(await states()).toEqual([
      ...['skipped no_consent', 'sent', 'skipped week_full', 'sent', 'skipped no_consent'],
    ]);
  });
});
