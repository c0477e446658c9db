import { makeId } from '../../client/id.ts';
import type { Received, Sent } from '../../local/phone/host.ts';
import { seeded } from '../support/seeded.ts';
import { type Person, type Shop, startShop } from './support/shop.ts';

const SEARCH = '搜索课程、老师或关键词';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

let people = 0;
function somebodyNew(): string {
  people += 1;
  return `reader${people}`;
}

/** A phone of somebody new. */
const open = (how: Parameters<Shop['open']>[1] = {}): Promise<Person> => shop.open(somebodyNew(), how);

const pathOf = ({ method, url }: Pick<Sent, 'method' | 'url'>) =>
  `${method} ${url.replace(/^https?:\/\/[^/]+/, '')}`;

/** What a phone sent since it was opened. */
function sentBy(person: Person): string[] {
  return person.phone.phone.engine.counts.requests.map((one) => one.replace(/https?:\/\/[^/]+/, ''));
}

/** Opens the first product that a search finds, from the list. */
async function openFound({ phone }: Person, words: string): Promise<void> {
  await phone.tab('课程');
  await phone.type(SEARCH, words);
  await phone.confirm(SEARCH);
  const [card] = phone.all({ role: 'link', class: 'card' });
  if (card === undefined) throw new Error(`nothing is found for ${words}: ${phone.text}`);
  await phone.tap(card);
}

/** Logs in by WeChat on the page for it. */
async function logIn({ phone }: Person): Promise<void> {
  await phone.tab('我的');
  await phone.tap('登录');
  await phone.tap({ role: 'checkbox' });
  await phone.tap('微信一键登录');
}

const REFUSED = (code: string, message: string, status: number): Received => ({
  status,
  headers: {},
  body: JSON.stringify({ requestId: 'req_0000', error: { code, message, params: {} } }),
});

/** From now on every request of this phone ends so. */
function answering(person: Person, answer: Received): void {
  person.before = async () => answer;
}

describe('browsing', () => {
  test.each([
    ['a product', '/pages/detail/detail?id=prd_01JD0000000000000000000000'],
    [
      'a lesson',
      '/study/player/player?course=prd_01JD0000000000000000000000&id=les_01JD0000000000000000000000',
    ],
    [
      'a text',
      '/study/reader/reader?course=prd_01JD0000000000000000000000&id=les_01JD0000000000000000000000',
    ],
  ])('%s that is not there leads to the list', async (_, path) => {
    const { phone } = await open({ path });
    expect(phone.text).toContain('不存在');
    await phone.tap('去选课');
    expect(phone.route).toBe('pages/list/list');
  });

  test('the first list takes one request, and a search finds what is opened', async () => {
    const person = await open({ path: '/pages/list/list' });
    const { phone } = person;
    expect(sentBy(person)[0]).toBe('GET /api/products?sort=newest');
    expect(phone.all({ class: 'card' })).toHaveLength(20);
    await openFound(person, '理财');
    expect(phone.route).toBe('pages/detail/detail');
    expect(phone.text).toContain('家庭理财入门：先看懂，再投资');
    expect(phone.text).toContain('试听 · 14 分钟');
    expect(phone.has('立即购买')).toBe(true);
  });

  test('a list is filtered, sorted and read to its end, each product once', async () => {
    const { phone } = await open({ path: '/pages/list/list' });
    await phone.reachBottom();
    await phone.reachBottom();
    expect(phone.text).toContain('没有更多了');
    const titles = phone.all({ class: 'title' }).map((part) => part);
    expect(titles.length).toBeGreaterThan(20);
    await phone.tap({ text: '套餐', class: 'chip' });
    expect(phone.text).not.toContain('家庭理财入门');
    await phone.tap({ text: '全部', class: 'chip' });
    await phone.tap({ text: '投资理财', class: 'chip' });
    expect(phone.text).toContain('家庭理财入门');
    expect(phone.text).not.toContain('中医食养');
    await phone.pick('排序', '1');
    expect(phone.text).toContain('价格从低到高');
    expect(phone.page.instance.data.sort).toBe('价格从低到高');
  });

  test('a search that finds nothing says so, with a way on', async () => {
    const { phone } = await open({ path: '/pages/list/list' });
    await phone.type(SEARCH, '量子鸡汤');
    await phone.confirm(SEARCH);
    expect(phone.text).toContain('没有找到“量子鸡汤”');
    await phone.tap('看看全部');
    expect(phone.text).toContain('中医食养');
  });

  test('trap 11: the next page of a list sends its own cards and not the others', async () => {
    const { phone } = await open({ path: '/pages/list/list' });
    const { counts } = phone.phone.engine;
    const sent: string[] = [];
    const self = phone.page.instance.self as { setData(patch: object): void };
    const { setData } = self;
    self.setData = function (patch) {
      sent.push(...Object.keys(patch));
      Reflect.apply(setData, this, [patch]);
    };
    await phone.reachBottom();
    expect(sent.filter((key) => key.startsWith('cards'))[0]).toBe('cards[20]');
    expect(sent).not.toContain('cards');
    expect(counts.setDataBytesMax).toBeLessThanOrEqual(32_000);
  });

  test('trap 28: of two filters the newer one is shown, whichever is answered first', async () => {
    const person = await open({ path: '/pages/list/list' });
    const { phone } = person;
    let release = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      release = resolve;
    });
    person.after = async ({ url }) => {
      if (url.includes('kind=bundle')) await late;
      else if (url.includes('kind=content')) release();
    };
    phone.phone.gestures.tap(phone.one({ text: '套餐', class: 'chip' }));
    await phone.tap({ text: '电子书', class: 'chip' });
    expect(phone.page.instance.data.cards).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'content' })]),
    );
    expect(phone.page.instance.data.cards).not.toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'bundle' })]),
    );
  });

  test('trap 9: two detail pages on the stack do not share what they show', async () => {
    const person = await open();
    const { phone } = person;
    await phone.tab('课程');
    await phone.tap({ text: '套餐', class: 'chip' });
    const [bundle] = phone.all({ role: 'link', class: 'card' });
    if (bundle === undefined) throw new Error('there is no bundle');
    await phone.tap(bundle);
    const outer = String((phone.page.instance.data.detail as { title: string }).title);
    const [part] = phone.all({ role: 'link', class: 'card' });
    if (part === undefined) throw new Error('the bundle is empty');
    await phone.tap(part);
    const inner = String((phone.page.instance.data.detail as { title: string }).title);
    expect(inner).not.toBe(outer);
    await phone.back();
    expect(phone.text).toContain(outer);
    await phone.tap('加入购物车');
    expect(sentBy(person).filter((one) => one.startsWith('PUT'))).toEqual([
      expect.stringContaining(phone.page.query.id ?? '-'),
      expect.stringContaining(phone.page.query.id ?? '-'),
    ]);
  });

  test('trap 10: eleven pages deep the next one takes the place of the one in front', async () => {
    const person = await open({ path: '/pages/list/list' });
    const { phone } = person;
    await openFound(person, '理财');
    const deepest: number[] = [];
    for (let page = 1; page <= 11; page += 2) {
      await phone.tap('加入购物车');
      await phone.tap('去购物车');
      expect(phone.route).toBe('buy/cart/cart');
      await phone.tap({ role: 'link', class: 'open' });
      expect(phone.route).toBe('pages/detail/detail');
      expect(phone.text).toContain('家庭理财入门');
      deepest.push(phone.phone.routes.stack.length);
    }
    expect(Math.max(...deepest)).toBe(9);
    await phone.back();
    expect(phone.text).toContain('家庭理财入门');
  });

  test('trap 18: a share opens the product for somebody else, also when the mini-program was open', async () => {
    const first = await open();
    await openFound(first, '理财');
    const shared = first.phone.share();
    expect(shared.title).toContain('家庭理财入门');
    const second = await open({ path: String(shared.path), scene: 1007 });
    expect(second.phone.text).toContain('家庭理财入门');
    const third = await open();
    await third.phone.away(1_000, String(shared.path), 1007);
    expect(third.phone.text).toContain('家庭理财入门');
  });

  test('trap 20: a countdown draws itself and not its page', async () => {
    const { phone } = await open({ path: '/pages/home/home' });
    const before = { ...phone.phone.engine.counts };
    const shown = phone.text;
    await phone.pass(2 * 3_600_000);
    expect(phone.text).not.toBe(shown);
    const { setData, setDataBytes } = phone.phone.engine.counts;
    expect((setDataBytes - before.setDataBytes) / (setData - before.setData)).toBeLessThan(40);
  });
});

describe('logging in', () => {
  test('is silent, and happens when something first needs it: the same request is sent again', async () => {
    const person = await open({ path: '/pages/home/home' });
    await person.phone.tap({ name: '登录后领取满 99 减 20' });
    expect(sentBy(person).filter((one) => one.startsWith('POST'))).toEqual([
      'POST /api/coupons/receive',
      'POST /api/login',
      'POST /api/coupons/receive',
    ]);
    expect(
      (await person.client.listMyCoupons()).items.filter(({ title }) => title === '满 99 减 20'),
    ).toHaveLength(1);
  });

  test('happens once, although several requests need it', async () => {
    const person = await open();
    await person.phone.tab('学习');
    expect(person.codes).toBe(1);
    expect(sentBy(person).filter((one) => one === 'POST /api/login')).toHaveLength(1);
    expect(person.phone.text).toContain('还没有可学的内容');
  });

  test('trap 1: a double tap claims one coupon', async () => {
    const person = await open({ path: '/pages/home/home' });
    await person.phone.tapTwice({ name: '登录后领取满 99 减 20' });
    const claims = sentBy(person).filter((one) => one === 'POST /api/coupons/receive');
    expect(claims).toHaveLength(2);
    expect(
      (await person.client.listMyCoupons()).items.filter(({ title }) => title === '满 99 减 20'),
    ).toHaveLength(1);
  });

  test('trap 5: a session that ends meanwhile is renewed, and the same input is sent again', async () => {
    const person = await open();
    await logIn(person);
    await person.client.logoutEverywhere();
    const bodies: Sent['body'][] = [];
    person.before = async ({ method, url, body }) => {
      if (pathOf({ method, url }) === 'POST /api/coupons/receive') bodies.push(body);
      return null;
    };
    await person.phone.tab('首页');
    await person.phone.tap({ name: '领取满 99 减 20' });
    expect(new Set(bodies).size).toBe(1);
    expect(
      (await person.client.listMyCoupons()).items.filter(({ title }) => title === '满 99 减 20'),
    ).toHaveLength(1);
  });

  test('by WeChat asks for the terms first, and records that they were agreed to', async () => {
    const person = await open();
    const { phone } = person;
    await phone.tab('我的');
    await phone.tap('登录');
    await phone.tap('微信一键登录');
    expect(phone.text).toContain('请先阅读并同意用户协议和隐私政策');
    await phone.tap('《隐私政策》');
    expect(phone.text).toContain('我们收集什么，为什么');
    await phone.back();
    await phone.tap({ role: 'checkbox' });
    await phone.tap('微信一键登录');
    expect(phone.route).toBe('pages/me/me');
    expect(phone.text).toContain('我的订单');
    const { consents } = await person.client.getMe();
    expect(consents).toMatchObject({
      terms: expect.any(String),
      privacy: expect.any(String),
      marketing: null,
    });
  });

  test('by name and password registers, logs out and logs in again', async () => {
    const person = await open();
    const { phone } = person;
    await phone.tab('我的');
    await phone.tap('登录');
    await phone.tap('注册账号');
    await phone.type({ tag: 'input', name: '用户名' }, 'reader.of.books');
    await phone.type({ tag: 'input', name: '密码' }, 'seven calm rivers');
    await phone.type({ tag: 'input', name: '昵称' }, '读书人');
    await phone.tap({ role: 'checkbox' });
    await phone.tap('注册并登录');
    expect(phone.text).toContain('读书人');
    await phone.tap({ has: '隐私与安全', role: 'link' });
    await phone.tap('退出登录');
    expect(phone.text).toContain('还没有登录');
    await phone.tap('登录');
    await phone.tap('用户名登录');
    await phone.type({ tag: 'input', name: '用户名' }, 'reader.of.books');
    await phone.type({ tag: 'input', name: '密码' }, 'wrong');
    await phone.tap({ role: 'checkbox' });
    await phone.tap({ tag: 'button', text: '登录' });
    expect(phone.text).toContain('用户名或密码');
    await phone.type({ tag: 'input', name: '密码' }, 'seven calm rivers');
    await phone.tap({ tag: 'button', text: '登录' });
    expect(phone.text).toContain('读书人');
    expect(person.codes).toBe(0);
  });

  test('of staff asks for the second factor, and keeps what was typed', async () => {
    const { phone } = await open({ path: '/own/login/login' });
    await phone.tap('用户名登录');
    await phone.type({ tag: 'input', name: '用户名' }, 'admin.wang');
    await phone.type({ tag: 'input', name: '密码' }, 'four quiet lanterns at dawn');
    await phone.tap({ role: 'checkbox' });
    await phone.tap({ tag: 'button', text: '登录' });
    expect(phone.text).toContain('请输入验证器中的 6 位验证码。');
    await phone.type({ tag: 'input', name: '验证码' }, '000000');
    await phone.tap({ tag: 'button', text: '登录' });
    expect(phone.text).toContain('验证码');
    expect(phone.route).toBe('own/login/login');
  });

  test('shows staff where their console is, and nobody else', async () => {
    const person = await open({ privacy: 'ask' });
    await logIn(person);
    await person.phone.tab('首页');
    expect(person.phone.text).not.toContain('管理后台');
    const { id: userId } = await person.client.getMe();
    await shop.staff.setStaffRole({
      userId,
      expectedRole: 'learner',
      role: 'support',
      reason: '加入客服团队',
    });
    await person.phone.tab('我的');
    await person.phone.pullDown();
    expect(person.phone.text).toContain('客服');
    await person.phone.tab('首页');
    expect(person.phone.text).toContain('管理后台 https://console.example.com');
    await person.phone.tap({ has: '复制地址', role: 'button' });
    expect(person.phone.text).toContain('隐私保护提示');
    await person.phone.tap('拒绝');
    expect(person.phone.phone.clipboard).toBe('');
    await person.phone.tap({ has: '复制地址', role: 'button' });
    await person.phone.tap({ id: 'agree-privacy' });
    expect(person.phone.phone.clipboard).toBe('https://console.example.com');
  });

  test('is not done behind the back of somebody who logged out', async () => {
    const person = await open();
    const { phone } = person;
    await logIn(person);
    await phone.tap({ has: '隐私与安全', role: 'link' });
    await phone.tap('退出登录');
    await phone.tab('学习');
    expect(phone.text).toContain('登录后查看');
    expect(person.codes).toBe(1);
    await phone.tap('去登录');
    await phone.tap({ role: 'checkbox' });
    await phone.tap('微信一键登录');
    expect(phone.route).toBe('pages/learn/learn');
    expect(phone.text).toContain('还没有可学的内容');
  });

  test('of a password that ended asks for it again, because WeChat may know somebody else', async () => {
    const person = await open();
    const { phone } = person;
    await phone.tab('我的');
    await phone.tap('登录');
    await phone.tap('注册账号');
    await phone.type({ tag: 'input', name: '用户名' }, 'another.reader');
    await phone.type({ tag: 'input', name: '密码' }, 'seven calm rivers');
    await phone.tap({ role: 'checkbox' });
    await phone.tap('注册并登录');
    await person.client.logoutEverywhere();
    await phone.tab('学习');
    expect(phone.text).toContain('登录后查看');
    expect(person.codes).toBe(0);
  });
});

describe('what is the caller’s own', () => {
  test('is read again when the page comes to the front again', async () => {
    const person = await open();
    const { phone } = person;
    await logIn(person);
    await phone.tab('学习');
    expect(phone.text).toContain('还没有可学的内容');
    await openFound(person, '如何学习');
    expect(phone.has('免费领取')).toBe(true);
    const productId = phone.page.query.id ?? '';
    const orderId = makeId('ord', 1_790_000_000_000, seeded(people));
    const lines = [{ productId }];
    await person.client.createOrder({ orderId, lines, couponId: null, shownFen: 0 });
    await shop.until(
      () => person.client.getLibrary(),
      ({ items }) => items.length > 0,
    );
    await phone.away(1_000);
    expect(phone.text).toContain('已拥有');
    expect(phone.has('免费领取')).toBe(false);
    await phone.back();
    await phone.tab('学习');
    expect(phone.text).toContain('如何学习');
    await phone.tab('首页');
    expect(phone.text).toContain('继续学习 全部 如何学习');
  });

  test('is counted on the page of the caller, and orders are found by their state', async () => {
    const person = await open();
    const { phone } = person;
    await logIn(person);
    expect(phone.has('积分 0')).toBe(true);
    const { items } = await person.client.listMyCoupons({ state: 'available' });
    expect(phone.has(`优惠券 ${items.length}`)).toBe(true);
    expect(phone.text).toContain('开通后会员课程免费看');
    await phone.tap('待支付的订单');
    expect(phone.route).toBe('buy/orders/orders');
    expect(phone.all({ class: 'chip-on', text: '待支付' })).toHaveLength(1);
  });

  test('trap 17: what needs personal data opens the page’s own sheet, and a no is a no', async () => {
    const person = await open({ privacy: 'ask' });
    const { phone } = person;
    await logIn(person);
    await phone.tap({ class: 'who' });
    await phone.tap('绑定');
    expect(phone.text).toContain('隐私保护提示');
    await phone.tap('拒绝');
    expect(phone.text).toContain('未绑定');
    await phone.tap('绑定');
    await phone.tap({ id: 'agree-privacy' });
    await phone.choose('允许');
    expect((await person.client.getMe()).phoneMasked).toMatch(/^1\d\d\*+\d{4}$/);
    expect(phone.text).toContain((await person.client.getMe()).phoneMasked ?? '-');
    await phone.tap('解绑');
    await phone.choose('解绑');
    expect(phone.text).toContain('未绑定');
  });

  test('a nickname is changed, which needs PATCH, and a refused one stays in the form', async () => {
    const person = await open();
    const { phone } = person;
    await logIn(person);
    await phone.tap({ class: 'who' });
    await phone.tap({ has: '昵称', role: 'button' });
    await phone.type({ tag: 'input', name: '昵称' }, '  ');
    await phone.tap('保存');
    expect(phone.has({ class: 'sheet' })).toBe(true);
    expect(phone.has({ class: 'wrong' })).toBe(true);
    await phone.type({ tag: 'input', name: '昵称' }, '夜读者');
    await phone.tap('保存');
    expect(phone.toast).toBe('已提交');
    expect((await person.client.getProfile()).profile.nickname).toBe('夜读者');
    await phone.back();
    await phone.pullDown();
    expect(phone.text).toContain('夜读者');
  });

  test('consents are given and withdrawn one by one', async () => {
    const person = await open();
    const { phone } = person;
    await logIn(person);
    await phone.tap({ has: '隐私与安全', role: 'link' });
    await phone.tap({ tag: 'switch', name: '营销消息' });
    expect((await person.client.getMe()).consents.marketing).not.toBeNull();
    await phone.tap({ tag: 'switch', name: '营销消息' });
    expect((await person.client.getMe()).consents.marketing).toBeNull();
    await phone.tap('阅读个性化推荐');
    expect(phone.text).toContain('为你推荐课程');
  });

  test('another device is logged out', async () => {
    const person = await open();
    const { phone } = person;
    await logIn(person);
    const other = await shop.open(`reader${people}`);
    await logIn(other);
    await phone.tap({ has: '隐私与安全', role: 'link' });
    expect((await person.client.listSessions()).items).toHaveLength(2);
    const [button] = phone.all({ tag: 'button', text: '退出' });
    if (button === undefined) throw new Error('no other session');
    await phone.tap(button);
    expect((await person.client.listSessions()).items).toHaveLength(1);
    expect(phone.all({ tag: 'button', text: '退出' })).toHaveLength(0);
  });
});

/** Pages as they are opened, whether they need somebody who is logged in, and words that they show when all is well. */
const PAGES = [
  { path: '/pages/home/home', needsLogin: false, shows: '最新上架' },
  { path: '/pages/list/list', needsLogin: false, shows: '中医食养' },
  { path: '/pages/detail/detail', needsLogin: false, shows: '购买须知' },
  { path: '/pages/learn/learn', needsLogin: true, shows: '还没有可学的内容' },
  { path: '/pages/me/me', needsLogin: true, shows: '查看和修改个人资料' },
  { path: '/own/profile/profile', needsLogin: true, shows: '手机号' },
  { path: '/own/privacy/privacy', needsLogin: true, shows: '登录的设备' },
  { path: '/own/terms/terms?kind=privacy', needsLogin: false, shows: '我们收集什么' },
] as const;

describe.each(PAGES)('$path', ({ path, needsLogin, shows }) => {
  async function opened(prepare: (person: Person) => void = () => undefined): Promise<Person> {
    const memories = new Map<string, Map<string, string>>();
    const who = somebodyNew();
    const first = await shop.open(who, { memories });
    if (needsLogin) await logIn(first);
    await openFound(first, '理财');
    const target = path === '/pages/detail/detail' ? `${path}?id=${first.phone.page.query.id}` : path;
    for (const memory of memories.values()) {
      for (const key of [...memory.keys()]) if (key.startsWith('kept')) memory.delete(key);
    }
    return shop.open(who, { memories, path: '/own/about/about' }).then(async (person) => {
      prepare(person);
      await person.phone.away(1, target);
      return person;
    });
  }

  test('shows what there is', async () => {
    const { phone } = await opened();
    expect(phone.text).toContain(shows);
    expect(phone.phone.engine.counts.setDataHidden).toBe(0);
  });

  test('shows a skeleton before there is an answer', async () => {
    let release = (): void => undefined;
    const person = await opened((own) => {
      const seen = new Promise<void>((resolve) => {
        release = resolve;
      });
      own.before = async () => {
        await new Promise(setImmediate);
        expect(own.phone.has({ name: '正在加载' })).toBe(true);
        release();
        await seen;
        return null;
      };
    });
    expect(person.phone.text).toContain(shows);
  });

  test('shows the catalogue’s sentence with its request id, and reads again', async () => {
    const person = await opened((own) =>
      answering(own, REFUSED('database.unavailable', '系统繁忙，请稍后重试。', 503)),
    );
    const { phone } = person;
    expect(phone.text).toContain('系统繁忙，请稍后重试。 请求编号 req_0000 重试');
    person.before = async () => null;
    for (const retry of phone.all({ tag: 'button', text: '重试' })) await phone.tap(retry);
    expect(phone.text).toContain(shows);
  });

  test('says that the network is away, and reads again', async () => {
    const person = await opened((own) => own.phone.phone.set({ network: 'off' }));
    const { phone } = person;
    expect(phone.text).toContain('网络不通，显示的内容可能不是最新。');
    expect(phone.text).toContain('网络不通，请检查网络后重试。 重试');
    await phone.set({ network: 'good' });
    for (const retry of phone.all({ tag: 'button', text: '重试' })) await phone.tap(retry);
    expect(phone.text).toContain(shows);
    expect(phone.text).not.toContain('可能不是最新');
  });
});

describe('a bad network', () => {
  test('leaves what was shown, and says that it may be old', async () => {
    const { phone } = await open({ path: '/pages/list/list' });
    await phone.set({ network: 'off' });
    await phone.pass(6 * 60_000);
    await phone.pullDown();
    expect(phone.text).toContain('网络不通，显示的内容可能不是最新。');
    expect(phone.text).toContain('中医食养');
  });

  test('that goes away in the middle of a silent login says so, and the page can be read again', async () => {
    const person = await open({ path: '/pages/home/home' });
    const { phone } = person;
    person.after = async (_, { status }) => {
      if (status === 401) phone.phone.set({ network: 'off' });
    };
    await phone.tab('学习');
    expect(phone.text).toContain('网络不通，请检查网络后重试。');
    person.after = async () => undefined;
    await phone.set({ network: 'good' });
    await phone.tap({ tag: 'button', text: '重试' });
    expect(phone.text).toContain('还没有可学的内容');
  });

  test('trap 15: a read that was interrupted behind another app is sent again in front', async () => {
    const person = await open({ path: '/own/terms/terms?kind=terms', network: 'off' });
    const { phone } = person;
    await phone.set({ network: 'good' });
    const retry = phone.one({ tag: 'button', text: '重试' });
    phone.phone.leave();
    await phone.pass(6_000);
    phone.phone.gestures.tap(retry);
    await phone.idle();
    expect(sentBy(person)).toHaveLength(2);
    phone.phone.enter();
    await phone.idle();
    expect(sentBy(person)).toHaveLength(3);
    expect(phone.text).toContain('用户服务协议');
  });

  test('trap 15: many reads wait for each other, and none is an eleventh', async () => {
    const person = await open();
    await logIn(person);
    const { phone } = person;
    let [running, most] = [0, 0];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    person.before = async () => {
      running += 1;
      most = Math.max(most, running);
      await gate;
      running -= 1;
      return null;
    };
    for (const page of ['home', 'learn', 'list', 'me']) phone.phone.tab(`pages/${page}/${page}`);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(most).toBe(6);
    release();
    await phone.idle();
    expect(phone.text).toContain('查看和修改个人资料');
  });

  test('trap 12: a page that was closed before its answer came stays quiet', async () => {
    const person = await open({ path: '/pages/list/list' });
    const { phone } = person;
    let release = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      release = resolve;
    });
    person.before = async ({ url }) => {
      if (url.includes('/courses/')) await late;
      return null;
    };
    const [card] = phone.all({ role: 'link', class: 'card' });
    if (card === undefined) throw new Error('an empty list');
    phone.phone.gestures.tap(card);
    phone.phone.back();
    release();
    await phone.idle();
    expect(phone.route).toBe('pages/list/list');
    expect(phone.phone.engine.counts.setDataHidden).toBe(0);
  });
});
