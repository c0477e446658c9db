import type { DrivenPhone } from '../../local/phone/driver.ts';
import { filesOf, type OnePage, onPhone, packFiles } from './support/page.ts';

const BUTTON = '<view>{{a}}</view><button bind:tap="go">走</button>';

/** Runs a page's `go` by a tap. */
async function going(go: string, more: Partial<OnePage> = {}): Promise<DrivenPhone> {
  const page = `{ data: { a: '', list: [{ id: 'x' }] }, go() { ${go} } }`;
  return onPhone({ wxml: BUTTON, page, ...more });
}

/** What WeChat lets pass in silence, and the words with which the phone refuses it. */
const REFUSED: readonly (readonly [what: string, go: string, why: string])[] = [
  ['setData of undefined', 'this.setData({ a: undefined })', 'setData: a is undefined'],
  ['setData of undefined within', 'this.setData({ list: [{ id: undefined }] })', 'list[0].id is undefined'],
  ['setData of a function', 'this.setData({ a: () => 1 })', 'setData: a is function'],
  ['setData of no number', 'this.setData({ a: NaN })', 'setData: a is NaN'],
  ['setData of too much', "this.setData({ a: 'x'.repeat(256 * 1024) })", 'the limit is 262144'],
  ['setData of a path that is none', "this.setData({ 'a..b': 1 })", 'is no path'],
  ['setData with a hole', "this.setData({ 'list[5]': 1 })", 'item 5 of a list of 1'],
  ['an unknown function', 'wx.vibrateShort()', 'wx.vibrateShort is not among'],
  [
    'a method of request that there is not',
    "wx.request({ method: 'PATCH', url: '/', success() {}, fail() {} })",
    'no method PATCH',
  ],
  [
    'an eleventh request',
    "for (let at = 0; at < 11; at++) wx.request({ method: 'GET', url: '/', success() {}, fail() {} })",
    'an eleventh request',
  ],
  ['keeping undefined', "wx.setStorageSync('a', undefined)", 'undefined is kept as a'],
  ['keeping more than one key may', "wx.setStorageSync('a', 'x'.repeat(1024 * 1024))", 'over 1 MB'],
  [
    'keeping more than 10 MB',
    "for (let at = 0; at < 11; at++) wx.setStorageSync('k' + at, 'x'.repeat(1020 * 1024))",
    'over 10 MB',
  ],
  ['a page that there is not', "wx.navigateTo({ url: '/p/none' })", 'page "/p/none" is not found'],
  ['seven actions', "wx.showActionSheet({ itemList: ['1', '2', '3', '4', '5', '6', '7'] })", 'more than six'],
  ['sound without a title', "wx.getBackgroundAudioManager().src = 'https://x'", 'without a title'],
  ['what a handler throws', "throw new Error('broken')", 'broken'],
  ['what a handler rejects', "return Promise.reject(new Error('rejected'))", 'rejected'],
];

test.each(REFUSED)('%s is a fault', async (_, go, why) => {
  const phone = await going(go);
  await expect(phone.tap('走')).rejects.toThrow(why);
});

test('what is set below 256 kB, over many keys and by paths, is no fault', async () => {
  const phone = await going(
    "this.setData({ a: 'x'.repeat(255 * 1024) }); this.setData({ 'list[1].id': 'y', 'list[0].id': 'z', a: 'b' })",
  );
  await phone.tap('走');
  expect(phone.page.instance.data).toEqual({ a: 'b', list: [{ id: 'z' }, { id: 'y' }] });
  expect(phone.phone.engine.counts).toMatchObject({ setData: 2, setDataHidden: 0 });
});

test('setData of a page that is gone is a fault, and of one that is behind is counted', async () => {
  const go = "wx.navigateTo({ url: '/p/q' }); setTimeout(() => this.setData({ a: 'late' }), 100)";
  const behind = await going(go);
  await behind.tap('走');
  await behind.pass(100);
  expect(behind.phone.engine.counts.setDataHidden).toBe(1);
  const gone = await going(go.replace('navigateTo', 'redirectTo'));
  await gone.tap('走');
  await expect(gone.pass(100)).rejects.toThrow('setData of p-p, which is gone: a');
});

test('an eleventh page is a fault', async () => {
  const phone = await going("wx.navigateTo({ url: '/p/p' })");
  for (let depth = 1; depth < 10; depth++) await phone.tap('走');
  expect(phone.phone.routes.stack).toHaveLength(10);
  await expect(phone.tap('走')).rejects.toThrow('an eleventh page');
});

test('an unknown handler is a fault', async () => {
  const phone = await onPhone({ wxml: '<button bind:tap="none">走</button>' });
  await expect(phone.tap('走')).rejects.toThrow('p-p has no handler none for tap of <button>');
});

test.each([
  ['a text of undefined', '<view>{{b}}</view>', 'p/p.wxml:1: a text shows undefined'],
  ['a text of null', '\n<view>{{nothing}}</view>', 'p/p.wxml:2: a text shows null'],
  ['a list that is none', '<view wx:for="{{a}}" wx:key="id" />', 'something else than a list'],
  ['two items of one key', '<view wx:for="{{[1, 1]}}" wx:key="*this" />', 'two items with the key 1'],
  ['a key that is nothing', '<view wx:for="{{[1]}}" wx:key="index" />', 'wx:key index is neither'],
])('%s is a fault', async (_, wxml, why) => {
  await expect(onPhone({ wxml, page: "{ data: { a: 'x', nothing: null } }" })).rejects.toThrow(why);
});

test.each([
  ['an unknown property', '<tile b="1" />', '<tile> has no property b'],
  ['a property of another type', '<tile a="{{1}}" />', '<tile> is given number as a'],
])('%s is a fault', async (_, wxml, why) => {
  const components = {
    tile: { wxml: '<view>{{a}}</view>', options: "{ properties: { a: { type: String, value: '' } } }" },
  };
  await expect(onPhone({ wxml, components })).rejects.toThrow(why);
});

test.each([
  ...['fetch', 'window', 'document', 'eval', 'localStorage', 'process', 'Function', 'globalThis'].map(
    (name) => [name, `const x = typeof ${name};`] as const,
  ),
])('code with %s does not build', async (name, code) => {
  const files = { 'p/x.js': `\n${code}` };
  await expect(packFiles(filesOf({ wxml: '<view />', files }))).rejects.toThrow(
    `p/x.js:2: ${name} does not exist in a mini-program`,
  );
});

test('a field or a text with such a name builds', async () => {
  const files = { 'p/x.js': "const document = { window: 'fetch' }; exports.x = document.window;" };
  await expect(packFiles(filesOf({ wxml: '<view />', files }))).resolves.toMatchObject({ bytes: {} });
});

test.each([
  ['a missing module', { 'p/x.js': "require('./y.js');" }, './y.js is missing'],
  [
    'what another subpackage has',
    {
      'app.json': '{ "pages": ["p/p"], "subpackages": [{ "root": "s", "pages": ["a"] }] }',
      's/a.js': 'Page({});',
      's/a.wxml': '<view />',
      'p/x.js': "require('../s/a.js');",
    },
    's/a.js is in another subpackage',
  ],
  ['an unknown setting', { 'p/p.json': '{ "renderer": "skyline" }' }, 'renderer is not supported'],
  [
    'a component for every page',
    { 'app.json': '{ "pages": ["p/p"], "usingComponents": { "a": "/a" } }' },
    'for every page',
  ],
  ['a page without code', { 'app.json': '{ "pages": ["p/none"] }' }, 'p/none.wxml:1'],
  [
    'a tab of no page',
    { 'app.json': '{ "pages": ["p/p"], "tabBar": { "list": [{ "pagePath": "x" }] } }' },
    'x is a tab',
  ],
  ['a rule for an id', { 'p/p.wxss': '.a {\n}\n#x { color: red }' }, 'p/p.wxss:3: “#x” is no selector'],
  ['a rule for an unknown part', { 'p/p.wxss': 'div { color: red }' }, '<div> is not among'],
  [
    'a rule by the width',
    { 'p/p.wxss': '@media (min-width: 9px) { .a { color: red } }' },
    '@media is not supported so',
  ],
])('%s does not build', async (_, files, why) => {
  await expect(packFiles(filesOf({ wxml: '<view />', files }))).rejects.toThrow(why);
});

test('a payment begins shortly after a tap', async () => {
  const pay = 'wx.requestVirtualPayment({ success() {}, fail() {} })';
  const late = await going(`setTimeout(() => ${pay}, 30_000)`);
  await late.tap('走');
  await expect(late.pass(30_000)).rejects.toThrow('requestVirtualPayment without a tap shortly before');
  const soon = await going(`setTimeout(() => ${pay}, 3_000)`);
  await soon.tap('走');
  await expect(soon.pass(3_000)).resolves.toBeUndefined();
});

test('consent counts only by a button that was tapped', async () => {
  const wxml = `<button id="agree" open-type="agreePrivacyAuthorization" bind:agreeprivacyauthorization="agreed">同意</button>
    <button bind:tap="go">走</button><button bind:tap="forge">假装</button><view>{{a}}</view>`;
  const page = `{ data: { a: '' },
    onLoad() { wx.onNeedPrivacyAuthorization((resolve) => { this.resolve = resolve; }); },
    go() { wx.requirePrivacyAuthorize({ success: () => this.setData({ a: '好' }), fail: () => this.setData({ a: '不' }) }); },
    agreed() { this.resolve({ event: 'agree', buttonId: 'agree' }); },
    forge() { this.resolve({ event: 'agree', buttonId: 'agree' }); } }`;
  const settings = { privacy: 'ask' } as const;
  const honest = await onPhone({ wxml, page }, { settings });
  await honest.tap('走');
  await honest.tap('同意');
  expect(honest.text).toContain('好');
  const forged = await onPhone({ wxml, page }, { settings });
  await forged.tap('走');
  await expect(forged.tap('假装')).rejects.toThrow('consent by the button agree, which nobody tapped');
});

test('trap 16: messages that are not asked for in the tap are refused', async () => {
  const ask =
    "wx.requestSubscribeMessage({ tmplIds: ['t'] }).then(({ t }) => this.setData({ a: t }), ({ errMsg }) => this.setData({ a: errMsg }))";
  const inTap = await going(ask);
  await inTap.tap('走');
  expect(inTap.text).toContain('accept');
  const later = await going(`Promise.resolve().then(() => ${ask})`);
  await later.tap('走');
  expect(later.text).toContain('can only be invoked by user TAP gesture');
});
