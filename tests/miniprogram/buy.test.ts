import { seedTemplateId } from '../../local/seed/coupons.ts';
import { seedProductId } from '../../local/seed/products.ts';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { buyRoutes, routes } from '../../miniprogram/model/routes.ts';
import { type Person, type Shop, startShop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

/** ¥199. */
const COURSE = seedCourseId(3);

/** ¥9.90, by WeChat Pay. */
const BOOK = seedProductId(4);
/** ¥6. */
const SOUND = seedProductId(6);

const isPay = (url: string) => url.endsWith('/pay');
const isOrder = (method: string, url: string) => method === 'POST' && url.endsWith('/api/orders');

/** A person who confirms an order of one product. */
const atCheckout = (who: string, id: string, how = {}) =>
  shop.open(who, { ...how, path: buyRoutes.checkout([id]) });

const tapPay = ({ phone }: Person) => phone.tap({ tag: 'button', has: '支付 ¥' });

async function ordersOf({ client }: Person) {
  return (await client.listOrders()).items;
}

/** Exactly one order, which is paid and was paid once; on its own page. */
async function expectOnePaid(person: Person): Promise<void> {
  expect(`${person.phone.route} ${person.phone.text}`).toContain('buy/order/order 已支付');
  expect((await ordersOf(person)).map(({ state }) => state)).toEqual(['paid']);
}

describe('a purchase', () => {
  test('browse, search, look, confirm, pay by virtual payment on Android, within the budgets', async () => {
    const person = await shop.open('browsing');
    const { phone } = person;
    await phone.type('搜索课程、老师或关键词', '数据分析');
    await phone.confirm('搜索课程、老师或关键词');
    await phone.tap({ role: 'link', has: '数据分析实战' });
    await phone.tap('立即购买');
    // The welcome coupon may have come by now.
    expect(phone.text).toMatch(/应付 ¥1(?:99|84)\.00/);
    await tapPay(person);
    await expectOnePaid(person);
    expect(phone.text).toMatch(/虚拟支付/);
    const { requests, setDataBytesMax, setDataBytes } = phone.phone.engine.counts;
    const untilPaid = requests.findIndex((one) => /GET .*\/api\/orders\/ord_/.test(one)) + 1;
    expect(untilPaid).toBeGreaterThan(0);
    expect(untilPaid).toBeLessThanOrEqual(11);
    expect(setDataBytesMax).toBeLessThanOrEqual(32_000);
    expect(setDataBytes).toBeLessThanOrEqual(64_000);
  });

  test('on iOS', async () => {
    const person = await atCheckout('apple', COURSE, { platform: 'ios' });
    await tapPay(person);
    await expectOnePaid(person);
    expect((await ordersOf(person))[0]).toMatchObject({ platform: 'ios', rail: 'xpay' });
  });

  test('on iOS by somebody who has a coupon: none is proposed, from the first quote on', async () => {
    const memories = new Map<string, Map<string, string>>();
    const { client } = await atCheckout('apple-saver', COURSE, { platform: 'ios', memories });
    const coupons = () => client.listMyCoupons();
    await shop.until(coupons, ({ items }) => items.length > 0);
    const person = await atCheckout('apple-saver', COURSE, { platform: 'ios', memories });
    expect(person.phone.text).toContain('应付 ¥199.00');
    await tapPay(person);
    await expectOnePaid(person);
  });

  test('by WeChat Pay, where the licence lets it sell', async () => {
    const person = await atCheckout('wxpay', BOOK);
    await tapPay(person);
    await expectOnePaid(person);
    expect((await ordersOf(person))[0]).toMatchObject({ rail: 'wxpay', payableFen: 990 });
    expect(person.phone.text).toContain('微信支付');
  });

  test('for nothing needs no sheet', async () => {
    const person = await atCheckout('free', seedCourseId(20));
    await person.phone.tap('免费领取');
    await expectOnePaid(person);
    expect(person.paid).toEqual([]);
  });

  test('what was bought is in the library', async () => {
    const person = await atCheckout('learning', SOUND);
    await tapPay(person);
    await shop.until(
      () => person.client.getLibrary(),
      ({ items }) => items.some(({ id }) => id === SOUND),
    );
    await person.phone.tap('去学习');
    expect(person.phone.route).toBe('study/player/player');
  });
});

describe('trap 1: a double tap', () => {
  test('trap 1: places one order and shows one sheet', async () => {
    const person = await atCheckout('double', COURSE);
    await person.phone.tapTwice({ tag: 'button', has: '支付 ¥' });
    await expectOnePaid(person);
    expect(person.paid).toHaveLength(1);
  });

  test('trap 1: on the page of the payment shows one sheet', async () => {
    const person = await atCheckout('double-again', COURSE, { payment: 'cancel' });
    await tapPay(person);
    await person.phone.tapTwice({ tag: 'button', has: '支付 ¥' });
    await expectOnePaid(person);
    expect(person.paid).toHaveLength(2);
  });
});

describe('trap 2: a cancel and a failure', () => {
  test.each([
    ['virtual payment', COURSE],
    ['WeChat Pay', BOOK],
  ])('trap 2: a cancel of %s keeps the order, with its time, and goes on', async (rail, id) => {
    const person = await atCheckout(`cancelling ${rail}`, id, { payment: 'cancel' });
    await tapPay(person);
    const { phone } = person;
    expect(phone.route).toBe('buy/pay/pay');
    expect(phone.text).toMatch(/订单为您保留.*剩余 1\d:\d\d/);
    expect(phone.text).not.toMatch(/失败|没有成功/);
    await tapPay(person);
    await expectOnePaid(person);
  });

  test('trap 2: told failed but paid is paid', async () => {
    const person = await atCheckout('told-failed', COURSE, { payment: 'told_failed' });
    await tapPay(person);
    await expectOnePaid(person);
  });

  test('trap 2: a failure that took no money is asked about, and then paid again', async () => {
    const person = await atCheckout('failing', BOOK, { payment: 'fail' });
    await tapPay(person);
    await person.phone.pass(8_000);
    expect(person.phone.text).toContain('还没有收到付款结果');
    expect(person.phone.text).not.toMatch(/失败/);
    await tapPay(person);
    await expectOnePaid(person);
  });

  test('trap 2: a sheet that never says how it ended is asked about on return', async () => {
    const person = await atCheckout('silent', COURSE, { payment: 'silent' });
    await tapPay(person);
    expect(person.phone.route).toBe('buy/checkout/checkout');
    await person.phone.away(1_000);
    await expectOnePaid(person);
  });
});

test.each([
  ['virtual payment', COURSE, { errCode: 0, errMsg: 'requestVirtualPayment:ok' }],
  ['WeChat Pay', BOOK, { errMsg: 'requestPayment:ok' }],
])('trap 3: success that %s tells is not believed', async (rail, id, lie) => {
  const person = await atCheckout(`believing ${rail}`, id);
  person.lie = lie;
  await tapPay(person);
  expect(person.phone.text).not.toMatch(/支付成功|已支付/);
  await person.phone.pass(8_000);
  expect(person.phone.route).toBe('buy/pay/pay');
  expect(person.phone.text).toContain('还没有收到付款结果');
  expect((await ordersOf(person)).map(({ state }) => state)).toEqual(['pending']);
  person.lie = null;
  await tapPay(person);
  await expectOnePaid(person);
});

test('trap 4: going back from a paid order never leads to where it was paid', async () => {
  const person = await shop.open('back', { path: routes.detail(COURSE, 'course'), payment: 'cancel' });
  await person.phone.tap('立即购买');
  await tapPay(person);
  await tapPay(person);
  await expectOnePaid(person);
  await person.phone.back();
  expect(person.phone.route).toBe('pages/detail/detail');
});

describe('trap 5: the session ends in the middle', () => {
  test.each(['before the order', 'before the payment', 'before the question'])(
    'trap 5: %s, and one order is paid once',
    async (when) => {
      const person = await atCheckout(`ended ${when}`, COURSE);
      const ends = {
        'before the order': (method: string, url: string) => isOrder(method, url),
        'before the payment': (_: string, url: string) => isPay(url),
        'before the question': (method: string, url: string) => method === 'GET' && /orders\/ord_/.test(url),
      }[when];
      const ids: string[] = [];
      person.before = async ({ method, url, body }) => {
        if (isOrder(method, url)) ids.push(JSON.parse(String(body ?? '{}')).orderId);
        if (ends?.(method, url) && person.codes < 2 + (when === 'before the order' ? 0 : 1)) {
          person.before = async (later) => {
            if (isOrder(later.method, later.url)) ids.push(JSON.parse(String(later.body ?? '{}')).orderId);
            return null;
          };
          await person.client.logoutEverywhere();
        }
        return null;
      };
      await tapPay(person);
      await expectOnePaid(person);
      expect(person.paid).toHaveLength(1);
      expect(new Set(ids).size).toBe(1);
    },
  );
});

describe('trap 6: WeChat’s code', () => {
  test('trap 6: is asked for at the login and right before a virtual payment, and never else', async () => {
    const person = await atCheckout('codes', COURSE);
    const asked: string[] = [];
    person.before = async ({ method, url }) => {
      asked.push(`${person.codes} ${method} ${url.replace(/.*\/api/, '').replace(/ord_\w+/, 'ord')}`);
      return null;
    };
    expect(person.codes).toBe(1);
    await tapPay(person);
    await expectOnePaid(person);
    expect(asked.slice(0, 2)).toEqual(['1 POST /orders', '2 POST /orders/ord/pay']);
    expect(person.codes).toBe(2);
  });

  test('trap 6: is not asked for before WeChat Pay', async () => {
    const person = await atCheckout('codes-wxpay', BOOK);
    await tapPay(person);
    await expectOnePaid(person);
    expect(person.codes).toBe(1);
  });

  test.each([-15_005, -15_007])('trap 6: is asked for once more when the sheet says %d', async (code) => {
    const person = await atCheckout(`session ${code}`, COURSE, { payment: code });
    await tapPay(person);
    await expectOnePaid(person);
    expect(person.codes).toBe(3);
  });
});

test('trap 7: where WeChat wants a tap right before virtual payment, all is prepared for it', async () => {
  const person = await atCheckout('gesture', COURSE);
  const errMsg = 'requestVirtualPayment:fail can only be invoked by user TAP gesture.';
  person.lie = { errCode: -1, errMsg };
  await tapPay(person);
  expect(person.phone.route).toBe('buy/checkout/checkout');
  person.lie = null;
  const { requests } = person.phone.phone.engine.counts;
  const before = requests.length;
  await tapPay(person);
  await expectOnePaid(person);
  expect(requests.slice(before).filter((one) => one.endsWith('/pay'))).toEqual([]);
  expect(person.paid).toHaveLength(2);
});

test('trap 8: what the server signed reaches WeChat byte for byte', async () => {
  const person = await atCheckout('signed', COURSE);
  let signed: unknown;
  person.after = async ({ url }, { body }) => {
    if (isPay(url)) signed = JSON.parse(body).data.payment;
  };
  await tapPay(person);
  await expectOnePaid(person);
  expect(person.paid).toHaveLength(1);
  expect(person.paid[0]).toMatchObject(signed as object);
});

describe('trap 13: promises are timers before iOS 16', () => {
  test.each([
    ['virtual payment on iOS', COURSE, { platform: 'ios' }],
    ['virtual payment on Android, cancelled once', SOUND, { payment: 'cancel' }],
    ['WeChat Pay', BOOK, {}],
  ])('trap 13: %s ends as it does elsewhere', async (how, id, settings) => {
    const ends: unknown[] = [];
    for (const hasLatePromises of [false, true]) {
      const person = await atCheckout(`late ${how} ${hasLatePromises}`, id, { ...settings, hasLatePromises });
      await person.phone.tapTwice({ tag: 'button', has: '支付 ¥' });
      if (person.phone.route === 'buy/pay/pay') await tapPay(person);
      await expectOnePaid(person);
      const [order] = await ordersOf(person);
      const { requests } = person.phone.phone.engine.counts;
      ends.push({
        ...{
          paid: person.paid.length,
          codes: person.codes,
          lines: order?.lines,
          payableFen: order?.payableFen,
        },
        orders: requests.filter((one) => one.startsWith('POST')).map((one) => one.replace(/ord_\w+/, 'ord')),
      });
    }
    expect(ends[1]).toEqual(ends[0]);
  });
});

describe('what may be lost', () => {
  test('the answer to the order: the next tap is no second order', async () => {
    const person = await atCheckout('lost-order', COURSE);
    person.after = async ({ method, url }) => {
      if (!isOrder(method, url)) return;
      person.after = async () => undefined;
      throw new Error('lost');
    };
    await tapPay(person);
    expect(person.phone.text).toContain('没有收到答复。再点一次不会重复下单。');
    expect(await ordersOf(person)).toHaveLength(1);
    await tapPay(person);
    await expectOnePaid(person);
  });

  test('the mini-program itself, before the answer: the same tap is the same order', async () => {
    const memories = new Map<string, Map<string, string>>();
    const first = await atCheckout('closed-app', SOUND, { memories });
    first.after = async ({ method, url }) => {
      if (isOrder(method, url)) throw new Error('lost');
    };
    await tapPay(first);
    const again = await atCheckout('closed-app', SOUND, { memories });
    await tapPay(again);
    await expectOnePaid(again);
  });

  test('the mini-program itself, and the price is another one: the order that is there is found', async () => {
    const memories = new Map<string, Map<string, string>>();
    const first = await atCheckout('closed-app-repriced', COURSE, { memories });
    first.after = async ({ method, url }) => {
      if (isOrder(method, url)) throw new Error('lost');
    };
    await tapPay(first);
    await first.client.receiveCoupon({ templateId: seedTemplateId(2) });
    const again = await atCheckout('closed-app-repriced', COURSE, { memories });
    await tapPay(again);
    expect(again.phone.text).toContain('您之前的订单还在');
    await tapPay(again);
    await expectOnePaid(again);
  });

  test('the answer to the payment, and to the question', async () => {
    const person = await atCheckout('lost-payment', COURSE);
    let lost = 0;
    person.after = async ({ method, url }) => {
      const isMeant = isPay(url) || (method === 'GET' && /orders\/ord_/.test(url));
      if (isMeant && lost < 2) {
        lost += 1;
        throw new Error('lost');
      }
    };
    await tapPay(person);
    expect(person.phone.route).toBe('buy/pay/pay');
    if (!person.phone.has({ tag: 'button', has: '支付 ¥' })) await person.phone.tap('重试');
    await tapPay(person);
    await person.phone.pass(8_000);
    await expectOnePaid(person);
    expect(person.paid).toHaveLength(1);
  });

  test('the network at the tap', async () => {
    const person = await atCheckout('offline-tap', COURSE);
    await person.phone.set({ network: 'off' });
    await tapPay(person);
    expect(person.phone.text).toContain('网络不通');
    expect(await ordersOf(person)).toEqual([]);
    await person.phone.set({ network: 'good' });
    await tapPay(person);
    await expectOnePaid(person);
  });
});

describe('a price that is another one by now', () => {
  test('a changed price is shown, and has to be agreed to', async () => {
    const id = seedProductId(5);
    const person = await atCheckout('repriced', id);
    expect(person.phone.text).toContain('应付 ¥49.00');
    const { product } = await shop.staff.getAnyProduct({ id });
    const limited = { priceFen: 3_900, fromAtMs: shop.nowMs - 60_000, untilAtMs: shop.nowMs + 86_400_000 };
    const change = { limited };
    await shop.staff.updateProduct({ id, expectedVersion: product.version, change, reason: '限时优惠' });
    await tapPay(person);
    expect(person.phone.text).toContain('价格有变动');
    expect(person.phone.text).toContain('应付 ¥39.00');
    expect(await ordersOf(person)).toEqual([]);
    await tapPay(person);
    await expectOnePaid(person);
    expect((await ordersOf(person))[0]?.payableFen).toBe(3_900);
  });

  test('what was withdrawn cannot be bought, and that is said', async () => {
    const id = seedCourseId(23);
    const person = await atCheckout('withdrawn', id);
    await shop.staff.withdrawProduct({ id, reason: '下架' });
    await tapPay(person);
    expect(person.phone.has({ tag: 'button', has: '支付 ¥' })).toBe(true);
    expect(person.phone.text).toMatch(/不存在|下架|找不到/);
    expect(await ordersOf(person)).toEqual([]);
  });

  test('the last place of a flash sale goes to one: the other is told, at the price that is left', async () => {
    const id = 'fls_01JCSEED000000000000000999';
    const period = { fromAtMs: shop.nowMs - 60_000, untilAtMs: shop.nowMs + 86_400_000, perUserMax: 1 };
    const items = [{ productId: BOOK, priceFen: 590, stock: 1 }];
    const { sale } = await shop.staff.createFlashSale({ id, title: '一席秒杀', ...period, items });
    await shop.staff.publishFlashSale({ id, expectedVersion: sale.version, reason: '开抢' });
    const [first, second] = [await atCheckout('seat-first', BOOK), await atCheckout('seat-second', BOOK)];
    for (const { phone } of [first, second]) expect(phone.text).toContain('秒杀价');
    await tapPay(first);
    await expectOnePaid(first);
    await tapPay(second);
    expect(second.phone.text).toMatch(/秒杀名额已抢完|价格有变动/);
    expect(await ordersOf(second)).toEqual([]);
    expect(second.phone.text).not.toContain('¥5.90');
    await tapPay(second);
    await expectOnePaid(second);
  });
});
