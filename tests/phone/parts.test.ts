import { onPhone } from './support/page.ts';

/** A page that notes what its parts tell. */
const noting = (wxml: string, data = '{}', more = '') =>
  onPhone({
    wxml,
    page: `{ data: ${data}, told: [], note({ type, detail }) { this.told.push([type, detail.value]); }, ${more} }`,
  });

test('a field shows what its template gives anew, and else what was typed', async () => {
  const phone = await noting(
    '<input aria-label="字" value="{{words}}" /><button bind:tap="again">又</button><button bind:tap="clear">清</button>',
    "{ words: 'a' }",
    "again() { this.setData({ words: 'a' }); }, clear() { this.setData({ words: '' }); }",
  );
  const shown = () => phone.one('字').state.value ?? phone.one('字').drawn.attributes.value;
  await phone.type('字', 'abc');
  await phone.tap('又');
  expect(shown()).toBe('abc');
  await phone.tap('清');
  expect(shown()).toBe('');
});

test('a field tells typing, its focus and its end, as far as its keyboard and length let through', async () => {
  const phone = await noting(`
    <input aria-label="数" type="number" maxlength="{{3}}" bind:focus="note" bind:input="note" bind:blur="note" bind:confirm="note" />
    <input aria-label="价" type="digit" bind:input="note" />
    <textarea aria-label="长" maxlength="{{-1}}" bind:input="note" />
    <textarea aria-label="文" bind:input="note" />`);
  const told = () => (phone.page.instance.self.told as unknown[]).splice(0);
  await phone.type('数', '1a2b34');
  await phone.confirm('数');
  expect(told()).toEqual([
    ['focus', ''],
    ['input', '123'],
    ['blur', '123'],
    ['confirm', '123'],
  ]);
  await phone.type('价', '1.5元');
  await phone.type('长', 'x'.repeat(200));
  await phone.type('文', 'x'.repeat(200));
  expect(told()).toEqual([
    ['input', '1.5'],
    ['input', 'x'.repeat(200)],
    ['input', 'x'.repeat(140)],
  ]);
});

test('boxes are ticked by themselves, by a label around and by a label that names them', async () => {
  const phone = await noting(`
    <checkbox-group bind:change="note">
      <label><checkbox value="a" />甲</label><checkbox id="b" value="b" checked="{{true}}" /><label for="b">乙</label>
      <checkbox value="c" aria-label="丙" disabled="{{true}}" />
    </checkbox-group>
    <radio-group bind:change="note"><label><radio value="s" checked="{{true}}" />小</label><label><radio value="l" />大</label></radio-group>`);
  await phone.tap({ text: '甲' });
  await phone.tap({ text: '乙' });
  await phone.tap({ text: '大' });
  await phone.tap({ text: '大' });
  await phone.tap({ text: '小' });
  expect(phone.page.instance.self.told).toEqual([
    ['change', ['a', 'b']],
    ['change', ['a']],
    ['change', 'l'],
    ['change', 's'],
  ]);
  expect(phone.all({ tag: 'radio' }).map(({ state }) => state.checked)).toEqual([true, false]);
  await expect(phone.tap('丙')).rejects.toThrow('cannot be used');
});

test('a switch turns, a slider and a picker tell what was chosen', async () => {
  const phone = await noting(`
    <switch aria-label="开" checked="{{true}}" bind:change="note" />
    <slider aria-label="速" min="{{0}}" max="{{3}}" bind:change="note" />
    <picker mode="date" value="2026-12-01" aria-label="日" bind:change="note">12月1日</picker>`);
  await phone.tap('开');
  await phone.tap('开');
  await phone.pick('速', '2');
  await phone.pick('日', '2026-12-24');
  expect(phone.page.instance.self.told).toEqual([
    ['change', false],
    ['change', true],
    ['change', 2],
    ['change', '2026-12-24'],
  ]);
});

test('a form is reset to what its template says', async () => {
  const phone = await noting(`
    <form bind:submit="note" bind:reset="note">
      <input name="words" aria-label="字" value="前" /><switch name="on" aria-label="开" />
      <button form-type="reset">重填</button><button form-type="submit">提交</button>
    </form>`);
  await phone.type('字', '后');
  await phone.tap('开');
  await phone.tap('提交');
  await phone.tap('重填');
  await phone.tap('提交');
  expect(phone.page.instance.self.told).toEqual([
    ['submit', { words: '后', on: true }],
    ['reset', undefined],
    ['submit', { words: '前', on: false }],
  ]);
});

test('a button that cannot be used does nothing, also when a tap comes all the same', async () => {
  const phone = await noting(
    '<button disabled="{{true}}" bind:tap="note">不</button><button loading="{{true}}" bind:tap="note">等</button>',
  );
  phone.phone.gestures.tap(phone.one('不'));
  phone.phone.gestures.tap(phone.one('等'));
  expect(phone.page.instance.self.told).toEqual([]);
});

test('two taps before anything is drawn anew are two taps', async () => {
  const phone = await noting('<button bind:tap="note">走</button>');
  await phone.tapTwice('走');
  expect(phone.page.instance.self.told).toHaveLength(2);
});

test('what is not there, or there twice, is told with what is shown', async () => {
  const phone = await noting('<button bind:tap="note">走</button><button bind:tap="note">走</button>');
  await expect(phone.tap('来')).rejects.toThrow('0 parts are "来". p/p shows: 走 走');
  await expect(phone.tap('走')).rejects.toThrow('2 parts are "走"');
});
