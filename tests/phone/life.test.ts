import * as fc from 'fast-check';
import { onPhone } from './support/page.ts';
import { openShop } from './support/shop.ts';

test('pages and components begin and end in the order of WeChat', async () => {
  const log = (what: string) => `getApp().told.push('${what}')`;
  const phone = await onPhone({
    wxml: '<outer wx:if="{{a}}"><inner /></outer><button bind:tap="go">走</button><button bind:tap="end">去</button>',
    page: `{ data: { a: true }, onLoad() { ${log('load')} }, onShow() { ${log('show')} }, onReady() { ${log('ready')} },
      onHide() { ${log('hide')} }, onUnload() { ${log('unload')} }, go() { wx.navigateTo({ url: 'q' }); },
      end() { this.setData({ a: false }); } }`,
    components: Object.fromEntries(
      ['outer', 'inner'].map((name) => [
        name,
        {
          wxml: '<view><slot /></view>',
          options: `{ lifetimes: { created() { ${log(`${name} created`)} }, attached() { ${log(`${name} attached`)} },
            ready() { ${log(`${name} ready`)} }, detached() { ${log(`${name} detached`)} } },
            pageLifetimes: { show() { ${log(`${name} shown`)} }, hide() { ${log(`${name} hidden`)} } } }`,
        },
      ]),
    ),
    files: { 'app.js': 'App({ told: [] });' },
  });
  const { told } = phone.phone.engine.app as { told: string[] };
  expect(told.splice(0)).toEqual([
    ...['outer created', 'outer attached', 'inner created', 'inner attached', 'load', 'show'],
    ...['outer shown', 'inner shown', 'outer ready', 'inner ready', 'ready'],
  ]);
  await phone.tap('走');
  expect(told.splice(0)).toEqual(['hide', 'outer hidden', 'inner hidden']);
  await phone.back();
  expect(told.splice(0)).toEqual(['show', 'outer shown', 'inner shown']);
  await phone.tap('去');
  expect(told.splice(0)).toEqual(['inner detached', 'outer detached']);
});

test('items of a list stay the same things wherever they move', async () => {
  const phone = await onPhone({
    wxml: '<block wx:for="{{list}}" wx:key="id"><input aria-label="{{item.id}}" /><tile of="{{item.id}}" /></block>',
    page: '{ data: { list: [] }, onLoad() { getApp().page = this; } }',
    components: {
      tile: {
        wxml: '<text>{{of}}{{times}}</text>',
        options: `{ properties: { of: { type: String, value: '' } }, data: { times: 0 },
          lifetimes: { attached() { getApp().made.push(this.data.of); }, detached() { getApp().gone.push(this.data.of); } } }`,
      },
    },
    files: { 'app.js': 'App({ made: [], gone: [], page: null });' },
  });
  const app = phone.phone.engine.app as {
    made: string[];
    gone: string[];
    page: { setData(patch: object): void };
  };
  const ids = fc.uniqueArray(fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 6 });
  let before: string[] = [];
  await fc.assert(
    fc.asyncProperty(ids, async (next) => {
      app.made.length = 0;
      app.gone.length = 0;
      app.page.setData({ list: next.map((id) => ({ id })) });
      await phone.idle();
      const stayed = next.filter((id) => before.includes(id));
      expect(phone.all({ tag: 'input' }).map((part) => part.drawn.attributes['aria-label'])).toEqual(next);
      expect(stayed.map((id) => phone.one({ tag: 'input', name: id }).state.value)).toEqual(stayed);
      expect(app.made).toEqual(next.filter((id) => !before.includes(id)));
      expect([...app.gone].sort()).toEqual(before.filter((id) => !next.includes(id)).sort());
      for (const id of next) await phone.type({ tag: 'input', name: id }, id);
      before = next;
    }),
    { numRuns: 60 },
  );
});

test('what is given to a component stands in its slots and belongs to who gave it', async () => {
  const phone = await onPhone({
    wxml: '<box><button slot="end" bind:tap="own">外</button><text>中{{n}}</text></box>',
    page: '{ data: { n: 0 }, own() { this.setData({ n: this.data.n + 1 }); } }',
    components: {
      box: {
        wxml: '<view>前<slot />后</view><slot name="end" /><button bind:tap="own">{{n}}</button>',
        options:
          '{ options: { multipleSlots: true }, data: { n: 10 }, methods: { own() { this.setData({ n: this.data.n + 1 }); } } }',
      },
    },
  });
  expect(phone.text).toBe('前 中0 后 外 10');
  await phone.tap('外');
  await phone.tap('10');
  expect(phone.text).toBe('前 中1 后 外 11');
});

test('observers see properties and data, by name, by path and all', async () => {
  const phone = await onPhone({
    wxml: '<tile a="{{a}}" /><button bind:tap="go">走</button>',
    page: '{ data: { a: 1 }, go() { this.setData({ a: 2 }); } }',
    components: {
      tile: {
        wxml: '<text>{{said}}</text>',
        options: `{ properties: { a: { type: Number, value: 0 } }, data: { b: { c: 5 }, said: '' },
          observers: { a(a) { this.setData({ 'b.c': a * 10 }); }, 'a, b.c'(a, c) { this.setData({ said: a + '+' + c }); } } }`,
      },
    },
  });
  expect(phone.text).toContain('1+10');
  await phone.tap('走');
  expect(phone.text).toContain('2+20');
});

test('an event ends where it is caught, and tells marks and the data of who handles it', async () => {
  const phone = await onPhone({
    wxml: `<view mark:outer="1" data-at="out" aria-role="button" bind:tap="tap">
      <view mark:inner="{{2}}" data-at="in" aria-role="button" bind:tap="tap"><text>里</text></view>
      <view data-at="caught" aria-role="button" catch:tap="tap"><text>住</text></view></view>`,
    page: `{ data: {}, told: [], tap({ currentTarget, target, mark }) {
      this.told.push([currentTarget.dataset.at, target.dataset.at || '', mark]); } }`,
  });
  const told = () => (phone.page.instance.self.told as unknown[]).splice(0);
  await phone.tap('里');
  expect(told()).toEqual([
    ['in', '', { outer: '1', inner: 2 }],
    ['out', '', { outer: '1', inner: 2 }],
  ]);
  await phone.tap('住');
  expect(told()).toEqual([['caught', '', { outer: '1' }]]);
});

test('a tab stays as it was left, and what is above it goes', async () => {
  const phone = await openShop();
  await phone.type('搜索课程', '写');
  await phone.tap({ text: '写作' });
  await phone.back();
  await phone.tab('我的');
  expect(phone.route).toBe('pages/me/me');
  await phone.tab('课程');
  expect(phone.page.instance.data.words).toBe('写');
  expect(phone.page.instance.self.seen).toEqual(['load', 'show', 'ready', 'hide', 'show', 'hide', 'show']);
});

test('a share opens for another person what it names', async () => {
  const phone = await openShop({ path: '/pages/detail/detail?id=a', scene: 1007 });
  expect(phone.phone.launched).toEqual({ path: 'pages/detail/detail', query: { id: 'a' }, scene: 1007 });
  const shared = phone.share();
  expect(shared).toEqual({
    title: '看看a',
    path: '/pages/detail/detail?id=a&s=abc',
    imageUrl: null,
    hasTicket: false,
  });
  await phone.tap('分享');
  const other = await openShop({ path: shared.path, settings: { who: 'xiaohong' } });
  expect(other.page.query).toEqual({ id: 'a', s: 'abc' });
  await other.away(1_000, '/pages/detail/detail?id=b', 1047);
  expect(other.text).toContain('b 在第-');
  expect(other.phone.launched.query).toEqual({ id: 'a', s: 'abc' });
  expect(other.phone.entered).toEqual({ path: 'pages/detail/detail', query: { id: 'b' }, scene: 1047 });
});

test('two pages of one kind have each their own fields', async () => {
  const phone = await onPhone({
    wxml: '<button bind:tap="go">走</button><view>{{n}}</view>',
    page: `{ data: { n: 0 }, kept: { n: 0 }, onLoad({ n = 0 }) { this.kept.n = Number(n); },
      onShow() { this.setData({ n: this.kept.n }); }, go() { wx.navigateTo({ url: '/p/p?n=' + (this.kept.n + 1) }); } }`,
  });
  await phone.tap('走');
  await phone.tap('走');
  expect(phone.text).toContain('2');
  await phone.back();
  expect(phone.text).toContain('1');
});
