import { makeId } from '../../client/id.ts';
import { seedTemplateId } from '../../local/seed/coupons.ts';
import { seedProductId } from '../../local/seed/products.ts';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { buyRoutes, routes } from '../../miniprogram/model/routes.ts';
import { seeded } from '../support/seeded.ts';
import { type Opening, type Person, type Shop, startShop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const random = seeded(63);
/** ¥199. */
const COURSE = seedCourseId(3);
/** ¥59. */
const SMALL_COURSE = seedCourseId(16);
/** ¥49, or 4,900 points. */
const REPORT = seedProductId(5);
/** ¥9.90, by WeChat Pay. */
const BOOK = seedProductId(4);
/** ¥6. */
const SOUND = seedProductId(6);

const tapPay = ({ phone }: Person) => phone.tap({ tag: 'button', has: '支付 ¥' });

/** A person who has bought one thing, on the page of the order. */
async function withOrder(who: string, id: string, how: Opening = {}): Promise<Person> {
  const person = await shop.open(who, { ...how, path: buyRoutes.checkout([id]) });
  await tapPay(person);
  expect(`${person.phone.route} ${person.phone.text}`).toContain('buy/order/order 已支付');
  return person;
}

/** Opens another page on the phone of somebody who is there already. */
const at = (person: Person, path: string) => person.phone.away(0, path);

describe('a refund', () => {
  test('on Android it is asked for with a reason, once, and its way is shown to the end', async () => {
    const person = await withOrder('regrets', COURSE);
    const { phone, client } = person;
    await phone.tap('申请退款');
    expect(phone.text).toContain('符合退款规则，提交后立即同意');
    const ask = { tag: 'button', has: '退款 ¥' };
    await phone.tap(ask);
    expect(phone.text).toContain('请写几个字说明原因');
    await phone.happen({ tag: 'textarea' }, 'focus', { value: '' });
    // trap 21: a bar above the keyboard would cover what is typed.
    expect(phone.has(ask)).toBe(false);
    await phone.happen({ tag: 'textarea' }, 'blur', { value: '' });
    await phone.tap('买错了');
    await phone.tapTwice(ask);
    expect(phone.route).toBe('buy/order/order');
    const [order] = (await client.listOrders()).items;
    const refunds = () => client.listRefunds({ orderId: order?.id ?? '' });
    const { refunds: asked } = await shop.until(refunds, (answer) => answer.refunds[0]?.state === 'success');
    expect(asked).toMatchObject([{ refundFen: order?.payableFen, words: '买错了' }]);
    await phone.pullDown();
    expect(phone.text).toContain('已退款');
    expect(phone.has('申请退款')).toBe(false);
  });

  test('of a lost answer is asked for again under the same id', async () => {
    const person = await withOrder('regrets-lost', SOUND);
    const { phone, client } = person;
    await phone.tap('申请退款');
    await phone.tap('不想学了');
    person.after = async ({ method, url }) => {
      if (method !== 'POST' || !url.endsWith('/refunds')) return;
      person.after = async () => undefined;
      throw new Error('lost');
    };
    await phone.tap({ tag: 'button', has: '退款 ¥' });
    expect(phone.text).toContain('网络不通');
    await phone.tap({ tag: 'button', has: '退款 ¥' });
    const [order] = (await client.listOrders()).items;
    expect((await client.listRefunds({ orderId: order?.id ?? '' })).refunds).toHaveLength(1);
  });

  test('trap 22: on iOS there is no button for it, and the page says how to ask Apple', async () => {
    const person = await withOrder('apple-regrets', COURSE, { platform: 'ios' });
    const { phone } = person;
    expect(phone.has('申请退款')).toBe(false);
    await phone.tap('如何退款');
    expect(phone.text).toContain('如何向苹果公司申请退款');
    expect(phone.text).toContain('reportaproblem.apple.com');
    expect(phone.has({ tag: 'button', has: '退款' })).toBe(false);
  });

  test('trap 22: on iOS the quote says that nothing is taken off, and has no place for coupons', async () => {
    const { phone } = await shop.open('apple-quote', {
      platform: 'ios',
      path: buyRoutes.checkout([COURSE]),
    });
    expect(phone.text).toContain('按苹果平台规则，在此设备上不能使用优惠券、积分和活动价。');
    expect(phone.has({ role: 'button', has: '优惠券' })).toBe(false);
  });
});

describe('gifts', () => {
  test('copies are bought, shared by a link, and claimed by another, once', async () => {
    const giver = await shop.open('giver', { path: routes.detail(BOOK, 'content') });
    await giver.phone.tap('买来送给朋友 ›');
    await giver.phone.tap('增加份数');
    await giver.phone.tap('增加份数');
    expect(giver.phone.text).toContain('送 3 位朋友');
    await tapPay(giver);
    const gifts = () => giver.client.listGifts();
    await shop.until(gifts, ({ items }) => items.length === 1);
    await giver.phone.tap('去送给朋友');
    expect(giver.phone.text).toContain('3 份，还剩 3 份');
    await giver.phone.tap({ tag: 'button', has: '送给朋友' });
    const path = giver.phone.phone.shared?.path ?? '';
    expect(path).toMatch(/^\/buy\/claim\/claim\?token=/);

    const friend = await shop.open('friend', { path, scene: 1007 });
    expect(friend.phone.text).toContain('送您一份礼物');
    await friend.phone.tapTwice('领取礼物');
    expect(friend.phone.text).toContain('已领取');
    await shop.until(
      () => friend.client.getLibrary(),
      ({ items }) => items.some(({ id }) => id === BOOK),
    );
    await friend.phone.tap('去学习');
    expect(friend.phone.route).toBe('pages/detail/detail');
    expect((await gifts()).items[0]).toMatchObject({ left: 2 });

    const own = await shop.open('giver', { path });
    await own.phone.tap('领取礼物');
    expect(own.phone.text).toMatch(/自己/);
    expect((await gifts()).items[0]).toMatchObject({ left: 2 });
  });
});

test('by virtual payment one copy is bought for a friend at a time, and that is said', async () => {
  const person = await shop.open('generous', { path: buyRoutes.checkout([SOUND], 5) });
  expect(person.phone.text).toContain('送 1 位朋友');
  expect(person.phone.text).toContain('每次只能购买一份');
  await tapPay(person);
  expect((await person.client.listOrders()).items).toMatchObject([{ state: 'paid', payableFen: 600 }]);
});

describe('coupons', () => {
  test('one is claimed by a double tap once, and found under what can be used', async () => {
    const person = await shop.open('claiming', { path: buyRoutes.coupons });
    const { phone, client } = person;
    await phone.tapTwice('登录后领取满 99 减 20');
    expect(phone.toast).toBe('已领取');
    await shop.until(
      () => client.listMyCoupons(),
      ({ items }) => items.length === 2,
    );
    await phone.tap({ text: '可使用', role: 'tab' });
    expect(phone.all({ tag: 'button', has: '去使用' })).toHaveLength(2);
  });

  test('one that does not apply says why, and takes nothing off', async () => {
    const { phone, client } = await shop.open('not-applying', { path: buyRoutes.checkout([SMALL_COURSE]) });
    await shop.until(
      () => client.listMyCoupons(),
      ({ items }) => items.length === 1,
    );
    await client.receiveCoupon({ templateId: seedTemplateId(1) });
    await phone.tap({ role: 'button', has: '优惠券' });
    await phone.tap({ role: 'radio', has: '满 99 减 20' });
    expect(phone.text).toContain('满 99 减 20未生效');
    expect(phone.text).toContain('满 ¥99 可用，还差 ¥40');
    expect(phone.text).toContain('应付 ¥59.00');
    await phone.tap({ role: 'button', has: '优惠券' });
    await phone.tap({ role: 'radio', has: '新人礼券' });
    expect(phone.text).toContain('应付 ¥44.00');
    await phone.tap({ role: 'button', has: '优惠券' });
    await phone.tap('不使用优惠券');
    expect(phone.text).toContain('应付 ¥59.00');
  });

  test('trap 23: one that an unpaid order holds leads to that order, which gives it back when cancelled', async () => {
    const person = await shop.open('holding', { path: buyRoutes.orders(), payment: 'cancel' });
    const { phone, client } = person;
    await shop.until(
      () => client.listMyCoupons(),
      ({ items }) => items.length === 1,
    );
    await at(person, buyRoutes.checkout([SMALL_COURSE]));
    expect(phone.text).toContain('应付 ¥44.00');
    await tapPay(person);
    await at(person, buyRoutes.coupons);
    await phone.tap({ text: '使用中', role: 'tab' });
    await phone.tap({ tag: 'button', has: '看订单' });
    expect(phone.text).toContain('待支付');
    await phone.tap('取消订单');
    await phone.choose('取消订单');
    expect(phone.text).toContain('已关闭');
    expect((await client.listMyCoupons({ state: 'available' })).items).toHaveLength(1);
  });
});

describe('points', () => {
  test('a check-in, a product for points by a lost answer paid once, and the statement', async () => {
    const person = await shop.open('saver', { path: buyRoutes.points });
    const { phone, client } = person;
    const { id: userId } = await client.getMe();
    await phone.tap('签到');
    expect(phone.text).toContain('连续 1 天');
    const adjustmentId = makeId('adj', shop.nowMs, random);
    await shop.staff.addPoints({ adjustmentId, userId, delta: 5_000, reason: '补发活动积分' });
    await phone.pullDown();
    await phone.tap({ text: '兑换', role: 'tab' });
    const exchange = async () => {
      await phone.tap({ tag: 'button', has: '4900 积分兑换' });
      await phone.choose('兑换');
    };
    person.after = async ({ url }) => {
      if (!url.endsWith('/points/redeem')) return;
      person.after = async () => undefined;
      throw new Error('lost');
    };
    await exchange();
    expect(phone.text).toContain('网络不通');
    await exchange();
    expect(phone.toast).toBe('兑换成功');
    const points = await client.getPoints();
    expect(points.balance).toBeLessThan(1_000);
    await shop.until(
      () => client.getLibrary(),
      ({ items }) => items.some(({ id }) => id === REPORT),
    );
    await phone.tap({ text: '月结单', role: 'tab' });
    expect(phone.text).toContain('-4900');
    await phone.tap({ text: '明细', role: 'tab' });
    expect(phone.text).toContain('签到');
  });

  test('points pay for a part of an order', async () => {
    const person = await shop.open('spender', { path: buyRoutes.points });
    const { phone, client } = person;
    const { id: userId } = await client.getMe();
    const adjustmentId = makeId('adj', shop.nowMs, random);
    await shop.staff.addPoints({ adjustmentId, userId, delta: 200, reason: '补发活动积分' });
    await at(person, buyRoutes.checkout([SOUND]));
    await phone.tap('使用积分');
    expect(phone.text).toContain('用 200 积分抵 ¥2.00');
    await tapPay(person);
    expect((await client.listOrders()).items[0]).toMatchObject({ state: 'paid', payableFen: 400 });
  });
});

test('a code is redeemed as it is typed, and a wrong one says so', async () => {
  const batchId = makeId('bat', shop.nowMs, random);
  const expiresAtMs = shop.nowMs + 86_400_000;
  const asked = { batchId, title: '企业采购', productId: COURSE, count: 1, expiresAtMs, reason: '企业采购' };
  const { codes } = await shop.staff.createCodeBatch(asked);
  const { phone, client } = await shop.open('redeeming', { path: buyRoutes.code });
  await phone.type({ tag: 'input' }, '0000-0000-0000-0001');
  await phone.tap({ tag: 'button', text: '兑换' });
  expect(phone.text).toMatch(/兑换码/);
  await phone.type({ tag: 'input' }, (codes[0] ?? '').toLowerCase());
  await phone.tap({ tag: 'button', text: '兑换' });
  expect(phone.text).toContain('兑换成功');
  await shop.until(
    () => client.getLibrary(),
    ({ items }) => items.some(({ id }) => id === COURSE),
  );
  await phone.tap('去看看');
  expect(phone.route).toBe('pages/detail/detail');
});

test('the best plan is chosen, bought, and shown with its end', async () => {
  const person = await shop.open('member', { path: buyRoutes.membership });
  const { phone, client } = person;
  expect(phone.text).toContain('最划算');
  await phone.tap({ tag: 'button', has: '开通年卡' });
  await tapPay(person);
  await shop.until(
    () => client.getMembership(),
    ({ scopes }) => scopes.length === 1,
  );
  await at(person, buyRoutes.membership);
  expect(phone.text).toMatch(/全站会员 有效至/);
});

test('a cart shows what is in it, gives it up, and sells one at a time in the mini-program', async () => {
  const person = await shop.open('carting', { path: buyRoutes.cart });
  const { phone, client } = person;
  await phone.tap('去逛逛');
  expect(phone.route).toBe('pages/list/list');
  for (const productId of [COURSE, SMALL_COURSE]) await client.putCartItem({ productId });
  await at(person, buyRoutes.cart);
  expect(phone.text).toContain('每次只能购买一件');
  expect(phone.has('一起购买')).toBe(false);
  await phone.tap({ tag: 'button', name: '从购物车移除手机摄影：一部手机拍出好照片' });
  expect((await client.getCart()).items).toHaveLength(1);
  await phone.tap({ tag: 'button', has: '购买' });
  await tapPay(person);
  expect((await client.listOrders()).items).toMatchObject([{ state: 'paid' }]);
});

test('orders are listed by their state, paid from the list, and ordered again', async () => {
  const person = await shop.open('listing', { path: buyRoutes.checkout([SOUND]), payment: 'cancel' });
  const { phone } = person;
  await tapPay(person);
  await at(person, buyRoutes.orders());
  await phone.tap({ text: '待支付', role: 'tab' });
  await phone.tap({ tag: 'button', has: '去支付' });
  await phone.tap('取消订单');
  await phone.choose('取消订单');
  expect(phone.text).toContain('订单已关闭');
  await phone.tap('重新购买');
  expect(phone.route).toBe('buy/checkout/checkout');
  await tapPay(person);
  await at(person, buyRoutes.orders());
  await phone.tap({ text: '已支付', role: 'tab' });
  expect(phone.all({ class: 'order' })).toHaveLength(1);
});

describe('every page of buying', () => {
  let orderId = '';
  let token = '';
  let memories: Map<string, Map<string, string>>;
  beforeAll(async () => {
    memories = new Map();
    const person = await shop.open('looking', { memories, path: buyRoutes.checkout([SOUND], 1) });
    await tapPay(person);
    orderId = (await person.client.listOrders()).items[0]?.id ?? '';
    const gifts = await shop.until(
      () => person.client.listGifts(),
      ({ items }) => items.length === 1,
    );
    token = gifts.items[0]?.token ?? '';
    await person.client.putCartItem({ productId: COURSE });
  });

  const pages: readonly (readonly [string, () => string, string])[] = [
    ['cart', () => buyRoutes.cart, '数据分析实战'],
    ['checkout', () => buyRoutes.checkout([COURSE]), '应付'],
    ['orders', () => buyRoutes.orders(), '睡前十分钟'],
    ['order', () => buyRoutes.order(orderId), '实付'],
    ['refund', () => buyRoutes.refund(orderId), '退款原因'],
    ['coupons', () => buyRoutes.coupons, '满 99 减 20'],
    ['points', () => buyRoutes.points, '可用积分'],
    ['membership', () => buyRoutes.membership, '最划算'],
    ['gift', () => buyRoutes.gift, '还剩 1 份'],
    ['claim', () => buyRoutes.claim(token), '送您一份礼物'],
  ];

  test.each(pages)('%s waits with a skeleton, and then shows what it has', async (_, path, content) => {
    const { phone } = await shop.open('looking', { memories, path: path(), network: 'slow' });
    expect(phone.has({ name: '正在加载' })).toBe(true);
    await phone.pass(10_000);
    expect(phone.text).toContain(content);
    expect(phone.has({ name: '正在加载' })).toBe(false);
  });

  test.each(pages)('%s says that the network is gone, and reads again', async (_, path, content) => {
    const { phone } = await shop.open('looking', { memories, path: path(), network: 'off' });
    expect(phone.text).toContain('网络不通');
    await phone.set({ network: 'good' });
    for (const button of phone.all({ tag: 'button', text: '重试' }).slice(0, 1)) await phone.tap(button);
    expect(phone.text).toContain(content);
  });

  test.each(pages)(
    '%s shows the sentence of a refusal with its number, and tries again',
    async (_, path, content) => {
      const person = await shop.open('looking', { memories, path: buyRoutes.code });
      const error = { code: 'database.unavailable', message: '服务暂时不可用，请稍后再试', params: {} };
      const body = JSON.stringify({ error, requestId: 'req_7' });
      person.before = async () => ({ status: 503, headers: {}, body });
      await at(person, path());
      expect(person.phone.text).toContain(error.message);
      expect(person.phone.text).toContain('请求编号 req_7');
      person.before = async () => null;
      for (const button of person.phone.all({ tag: 'button', text: '重试' }).slice(0, 1))
        await person.phone.tap(button);
      expect(person.phone.text).toContain(content);
    },
  );

  const ownPages = pages.filter(([name]) => !['coupons', 'membership', 'claim'].includes(name));

  test.each(ownPages)('%s leads to the login who has logged out', async (name, path) => {
    const left = new Map([[`left ${name}`, new Map([['session.left', 'true']])]]);
    const { phone } = await shop.open(`left ${name}`, { memories: left, path: path() });
    const [button] = phone.all({ tag: 'button', text: '去登录' });
    if (button === undefined) throw new Error(phone.text);
    await phone.tap(button);
    expect(phone.route).toBe('own/login/login');
  });

  test.each([
    ['cart', () => buyRoutes.cart, '购物车还是空的', '去逛逛'],
    ['orders', () => buyRoutes.orders(), '还没有订单', '去逛逛'],
    ['gift', () => buyRoutes.gift, '还没有送出的礼物', '挑一份礼物'],
  ])('%s is empty with a way on', async (name, path, words, way) => {
    const { phone } = await shop.open(`empty ${name}`, { path: path() });
    expect(phone.text).toContain(words);
    await phone.tap(way);
    expect(phone.route).toBe('pages/list/list');
  });

  test('no page shows an id', async () => {
    for (const [, path] of pages) {
      const { phone } = await shop.open('looking', { memories, path: path() });
      expect(phone.text).not.toMatch(/\b(ord|prd|usr|cpn|tpl|rfd|gft)_/);
    }
  });
});
