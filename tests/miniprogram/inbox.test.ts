import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { SIMULATED_TEMPLATES } from '../../local/simulators/wechat/templates.ts';
import { unreadBadge } from '../../miniprogram/model/inboxView.ts';
import { buyRoutes, routes } from '../../miniprogram/model/routes.ts';
import { type Opening, type Shop, startShop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const COURSE = seedCourseId(16);

/** A person who has just bought a course, on the page of the order, and whom the shop has told of it. */
async function buyer(who: string, how: Opening = {}) {
  const person = await shop.open(who, { ...how, path: buyRoutes.checkout([COURSE]) });
  await person.phone.tap({ tag: 'button', has: '支付 ¥' });
  expect(person.phone.route).toBe('buy/order/order');
  await shop.until(
    () => person.client.listMessages(),
    ({ items }) => items.some(({ kind }) => kind === 'order_paid'),
  );
  return person;
}

test('a message stands on a badge, is read once it was shown, and opens the page that it is about', async () => {
  const { phone, client } = await buyer('reader');
  const { count } = await client.countUnread();
  expect(count).toBeGreaterThan(0);
  await phone.away(0, routes.me);
  expect(phone.has({ role: 'link', name: `消息，${count} 条未读` })).toBe(true);
  await phone.tap({ role: 'link', has: '消息' });
  expect(phone.text).toContain('支付成功');
  expect(phone.text).toMatch(/实付 ¥\d+\.00/);
  expect((await client.countUnread()).count).toBe(0);
  await phone.tap({ role: 'link', has: '支付成功' });
  expect(phone.route).toBe('buy/order/order');
});

test.each([
  ['accept', 1],
  ['reject', 0],
] as const)('after paying, messages are asked for in the tap: %s', async (subscribe, allowed) => {
  const who = `asked-${subscribe}`;
  const { phone, client } = await buyer(who, { subscribe });
  await phone.tap('允许通知');
  expect(phone.text).toContain(allowed > 0 ? '已允许，每次允许可收到一条' : '有结果时用微信通知我');
  const ids = (await client.listSubscribable({ place: 'paid' })).templates.map(
    ({ templateId }) => templateId,
  );
  expect(ids).toContain(SIMULATED_TEMPLATES.refund.id);
});

test('what is allowed reaches the person outside the mini-program', async () => {
  const who = 'allowed';
  const { phone } = await buyer(who, { subscribe: 'accept' });
  await phone.tap('允许通知');
  await phone.away(0, buyRoutes.checkout([seedCourseId(3)]));
  await phone.tap({ tag: 'button', has: '支付 ¥' });
  const looks = () =>
    shop.control('/phone/messages', { name: who, answers: {} }) as Promise<{ reached: unknown[] }>;
  const { reached } = await shop.until(looks, (answer) => answer.reached.length > 0);
  expect(reached).toMatchObject([{ templateId: SIMULATED_TEMPLATES.order.id }]);
});

test('a badge says 99+ for more', () => {
  expect([null, 0, 1, 99, 100].map(unreadBadge)).toEqual(['', '', '1', '99', '99+']);
});
