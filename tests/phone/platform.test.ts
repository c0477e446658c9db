import type { DriverOptions } from '../../local/phone/driver.ts';
import { FIRST_SETTINGS } from '../../local/phone/host.ts';
import { payOrdinary } from '../../local/phone/payment.ts';
import { type OnePage, onPhone } from './support/page.ts';
import { openShop } from './support/shop.ts';

const ask = (more = '') => `wx.request({ method: 'GET', url: '/x', ${more}
  success: ({ data }) => this.setData({ a: JSON.stringify(data) }), fail: ({ errMsg }) => this.setData({ a: errMsg }) })`;

/** A page whose button does something, and that shows `a`. */
const going = (go: string, options: Partial<DriverOptions> = {}, more: Partial<OnePage> = {}) =>
  onPhone(
    {
      wxml: '<view>{{a}}</view><button bind:tap="go">走</button>',
      page: `{ data: { a: '-' }, go() { ${go} } }`,
      ...more,
    },
    options,
  );

const send = async () => ({ status: 500, headers: { 'x-a': 'b' }, body: '{"ok":1}' });

test('any status is an answer, parsed when it is JSON', async () => {
  const phone = await going(ask(), { send });
  await phone.tap('走');
  expect(phone.text).toContain('{"ok":1}');
  const text = await going(ask("dataType: 'text',"), { send });
  await text.tap('走');
  expect(text.text).toContain('"{\\"ok\\":1}"');
});

test.each([
  ['off', 0, 'request:fail net::ERR_INTERNET_DISCONNECTED', 0],
  ['lost', 0, 'request:fail timeout', 1],
  ['slow', 2_000, '{"ok":1}', 1],
] as const)('a network that is %s', async (network, afterMs, shown, sent) => {
  let count = 0;
  const counted = () => {
    count++;
    return send();
  };
  const phone = await going(ask(), { send: counted, settings: { network } });
  await phone.tap('走');
  if (afterMs > 0) expect(phone.text).toContain('-');
  await phone.pass(afterMs);
  expect(phone.text).toContain(shown);
  expect(count).toBe(sent);
});

test('a request that is not answered runs into its time', async () => {
  const phone = await going(ask('timeout: 5000,'), { settings: { network: 'slow' }, send });
  await phone.tap('走');
  await phone.pass(1_999);
  expect(phone.text).toContain('-');
  const late = await going(ask('timeout: 1000,'), { settings: { network: 'slow' }, send });
  await late.tap('走');
  await late.pass(1_000);
  expect(late.text).toContain('request:fail timeout');
  await late.pass(5_000);
  expect(late.text).toContain('request:fail timeout');
});

test('what runs five seconds after the front was left is interrupted', async () => {
  const page = `{ data: { a: '-' }, go() { setTimeout(() => { ${ask()} }, 4_000); } }`;
  const slow = { send, settings: { network: 'slow' } } as const;
  const phone = await going('', slow, { page });
  await phone.tap('走');
  await phone.away(10_000);
  expect(phone.text).toContain('request:fail interrupted');
  const short = await going('', slow, { page });
  await short.tap('走');
  await short.away(4_500);
  await short.pass(2_000);
  expect(short.text).toContain('{"ok":1}');
});

test('a change of the network is told', async () => {
  const page = `{ data: { a: '-' }, onLoad() {
    wx.onNetworkStatusChange(({ isConnected, networkType }) => this.setData({ a: isConnected + networkType })); } }`;
  const phone = await going('', {}, { page });
  await phone.set({ network: 'off' });
  expect(phone.text).toContain('falsenone');
  await phone.set({ network: 'good' });
  expect(phone.text).toContain('truewifi');
});

test('a person has a memory of their own, which stays', async () => {
  const memories = new Map();
  const go =
    "wx.setStorageSync('k', { n: [1] }); this.setData({ a: JSON.stringify(wx.getStorageInfoSync().keys) })";
  const first = await going(go, { memories });
  await first.tap('走');
  expect(first.text).toContain('["k"]');
  const read = "this.setData({ a: JSON.stringify(wx.getStorageSync('k')) })";
  const again = await going(read, { memories });
  await again.tap('走');
  expect(again.text).toContain('{"n":[1]}');
  const other = await going(read, { memories, settings: { who: 'xiaohong' } });
  await other.tap('走');
  expect(other.text).toContain('""');
});

const payments: { path: string; body: unknown }[] = [];
const simulate = async (path: string, body: unknown) => {
  payments.push({ path, body });
  const isCancelled = JSON.stringify(body).includes('"dismiss"');
  return JSON.stringify(body).includes('"xpay"')
    ? { errCode: isCancelled ? -2 : 0, errMsg: `requestVirtualPayment:${isCancelled ? 'fail -2' : 'ok'}` }
    : { errMsg: `requestPayment:${isCancelled ? 'fail cancel' : 'ok'}` };
};

test.each([
  ['ask', '微信支付', 'requestPayment:ok', 1],
  ['ask', '虚拟支付', 'requestVirtualPayment:ok', 1],
  ['pay', '微信支付', 'requestPayment:ok', 1],
  ['cancel', '微信支付', 'requestPayment:fail cancel', 1],
  ['fail', '微信支付', 'requestPayment:fail system error', 0],
  ['told_failed', '微信支付', 'requestPayment:fail system error', 1],
  ['silent', '微信支付', '等待', 1],
  ['pay', '虚拟支付', 'requestVirtualPayment:ok', 1],
  ['cancel', '虚拟支付', '-2 requestVirtualPayment:fail cancel', 1],
  ['fail', '虚拟支付', '-1 requestVirtualPayment:fail -1', 0],
  ['told_failed', '虚拟支付', '-1 requestVirtualPayment:fail -1', 1],
  ['silent', '虚拟支付', '等待', 1],
  [-15005, '虚拟支付', '-15005 requestVirtualPayment:fail -15005', 0],
] as const)('a payment that is to %s by %s', async (payment, button, shown, asked) => {
  payments.length = 0;
  const phone = await openShop({ path: '/buy/pay/pay?id=1', settings: { payment }, simulate });
  await phone.tap(button);
  expect(phone.text).toContain(shown);
  expect(payments).toHaveLength(asked);
  expect(phone.phone.settings.payment).toBe('ask');
});

test.each([
  [0, 'confirm', 'requestPayment:ok'],
  [null, 'dismiss', 'requestPayment:fail cancel'],
] as const)('who looks at the phone decides on the sheet: %s', async (choice, decision, errMsg) => {
  payments.length = 0;
  const sheets: unknown[] = [];
  const till = {
    host: {
      isAttended: true,
      simulate: async (path: string, body: unknown) =>
        path === '/phone/bill' ? { bill: { totalFen: 3_905, what: '居家健身' } } : simulate(path, body),
    },
    settings: { ...FIRST_SETTINGS },
    payee: '知课',
    ask: async (sheet: unknown) => {
      sheets.push(sheet);
      return choice;
    },
  };
  const ticket = {
    timeStamp: '1',
    nonceStr: 'n',
    package: 'prepay_id=1',
    signType: 'RSA',
    paySign: 's',
  } as const;
  expect(await payOrdinary(till, ticket)).toEqual({ errMsg });
  expect(sheets).toMatchObject([
    { kind: 'payment', title: '付款给知课', amount: '¥39.05', text: '居家健身' },
  ]);
  expect(payments).toMatchObject([{ path: '/phone/pay', body: { decision } }]);
});

test('a question waits for its answer and covers the page', async () => {
  const phone = await going(
    "wx.showModal({ title: '删除？', content: '不能恢复' }).then(({ confirm }) => this.setData({ a: String(confirm) }))",
  );
  await phone.tap('走');
  expect(phone.sheet).toMatchObject({ title: '删除？', text: '不能恢复', choices: ['取消', '确定'] });
  await expect(phone.tap('走')).rejects.toThrow('a sheet covers the page');
  await phone.choose('取消');
  expect(phone.text).toContain('false');
  await phone.tap('走');
  await phone.choose('确定');
  expect(phone.text).toContain('true');
});

test('actions are chosen by place, and leaving them is a refusal', async () => {
  const phone = await going(
    `wx.showActionSheet({ itemList: ['甲', '乙'] }).then(({ tapIndex }) => this.setData({ a: 'i' + tapIndex }),
      ({ errMsg }) => this.setData({ a: errMsg }))`,
  );
  await phone.tap('走');
  await phone.choose('乙');
  expect(phone.text).toContain('i1');
  await phone.tap('走');
  await phone.choose(null);
  expect(phone.text).toContain('showActionSheet:fail cancel');
});

test('a toast goes after its time', async () => {
  const phone = await going("wx.showToast({ title: '好了', icon: 'none', duration: 1000 })");
  await phone.tap('走');
  expect(phone.toast).toBe('好了');
  await phone.pass(1_000);
  expect(phone.toast).toBeNull();
});

test('a phone number is given after consent and the person’s word', async () => {
  const page = `{ data: { a: '-' }, number({ detail }) { this.setData({ a: detail.code || detail.errMsg }); } }`;
  const wxml =
    '<view>{{a}}</view><button open-type="getPhoneNumber" bind:getphonenumber="number">手机号</button>';
  const asked = { settings: { privacy: 'ask' }, simulate: async () => ({ code: 'code-1' }) } as const;
  const phone = await onPhone({ wxml, page }, asked);
  await phone.tap('手机号');
  await phone.choose('拒绝');
  expect(phone.text).toContain('privacy permission is not authorized');
  await phone.tap('手机号');
  await phone.choose('同意');
  expect(phone.sheet?.text).toMatch(/^138\*{4}\d{4}$/);
  await phone.choose('拒绝');
  expect(phone.text).toContain('getPhoneNumber:fail user deny');
  await phone.tap('手机号');
  await phone.choose('允许');
  expect(phone.text).toContain('code-1');
});

test('time stands still until it passes, and what is due happens in its order', async () => {
  const phone = await going(`const told = [];
    const tell = (what) => { told.push(what + new Date().getSeconds()); this.setData({ a: told.join() }); };
    setTimeout(() => tell('b'), 2000); setTimeout(() => tell('a'), 1000);
    const every = setInterval(() => { tell('i'); if (told.length > 4) clearInterval(every); }, 1500);`);
  await phone.tap('走');
  expect(phone.text).toContain('-');
  await phone.pass(60_000);
  expect(phone.text).toContain('a1,i1,b2,i3,i4');
});

test('a sound and a video are told what happens', async () => {
  const page = `{ data: { a: '-' }, go() { const sound = wx.getBackgroundAudioManager();
      sound.onTimeUpdate(() => this.setData({ a: String(sound.currentTime) })); sound.title = '课'; sound.src = 'https://x/a.mp3'; },
      ended() { wx.createVideoContext('v').seek(3); this.setData({ a: '完' }); },
      moved({ detail }) { this.setData({ a: '在 ' + detail.currentTime }); } }`;
  const wxml =
    '<view>{{a}}</view><button bind:tap="go">走</button><video id="v" src="https://x" aria-label="课" bind:ended="ended" bind:play="moved" />';
  const phone = await onPhone({ wxml, page }, { lengthOf: () => 60 });
  await phone.tap('走');
  phone.phone.sound.tell('timeupdate', 12, 60);
  await phone.idle();
  expect(phone.text).toContain('12');
  await phone.happen({ tag: 'video' }, 'ended');
  expect(phone.text).toContain('完');
  await phone.play({ tag: 'video' });
  expect(phone.text).toContain('在 3');
});

const whichChat = `wx.getGroupEnterInfo({
  success: ({ iv }) => this.setData({ a: iv }), fail: ({ errMsg }) => this.setData({ a: errMsg }) })`;

test('which chat it was opened from is told where a share with a ticket was opened, and nowhere else', async () => {
  const asked: unknown[] = [];
  const simulate = async (path: string, body: unknown) => {
    asked.push(path, body);
    return { encryptedData: 'eA==', iv: 'aXY=' };
  };
  const phone = await going(whichChat, { simulate, scene: 1008 });
  await phone.tap('走');
  expect(phone.text).toContain('getGroupEnterInfo:fail invalid scene');
  await phone.away(1, '/p/p', 1044);
  await phone.tap('走');
  expect(phone.text).toContain('aXY=');
  expect(asked).toEqual(['/phone/chat', { name: 'xiaoming', chat: '读书群' }]);
  await phone.set({ network: 'off' });
  await phone.tap('走');
  expect(phone.text).toContain('getGroupEnterInfo:fail net::');
});

test('a share has a ticket on the pages that ask for one', async () => {
  const shared = 'onShareAppMessage: () => ({})';
  const phone = await going(
    'wx.updateShareMenu({ withShareTicket: true })',
    {},
    {
      page: `{ data: { a: '-' },
    go() { wx.updateShareMenu({ withShareTicket: this.data.a === '-' }); this.setData({ a: 'x' }); }, ${shared} }`,
    },
  );
  expect(phone.share()).toMatchObject({ hasTicket: false });
  await phone.tap('走');
  expect(phone.share()).toMatchObject({ hasTicket: true });
  await phone.tap('走');
  expect(phone.share()).toMatchObject({ hasTicket: false });
});
