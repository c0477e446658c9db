import { openShop, packedShop } from './support/shop.ts';

test('a list is loaded, searched, refreshed and opened', async () => {
  const phone = await openShop();
  expect(phone.text).toBe('理财入门 ¥129.00 第1门 写作 ¥0.01 第2门');
  await phone.type('搜索课程', '写');
  await phone.confirm('搜索课程');
  expect(phone.text).toBe('写作 ¥0.01 第1门');
  await phone.pullDown();
  await phone.reachBottom();
  expect(phone.text).toContain('更多2 ¥1.00 第3门');
  await phone.tap({ text: '写作' });
  expect(phone.route).toBe('pages/detail/detail');
  expect(phone.page.query).toEqual({ id: 'b', place: '1' });
  expect(phone.text).toContain('b 在第1');
  await phone.back();
  expect(phone.page.instance.self.seen).toEqual(['load', 'show', 'ready', 'hide', 'show']);
});

test('a form is filled in and sent', async () => {
  const phone = await openShop({ path: '/pages/me/me' });
  await phone.tap('乙');
  expect(phone.text).toContain('a,b');
  await phone.tap({ text: '大' });
  await phone.type('昵称', '小明小红小');
  await phone.pick('城市', '1');
  await phone.pick('速度', '2');
  await phone.tap('提醒');
  await phone.tap('提交');
  expect(JSON.parse(phone.one({ class: 'said' }).children[0]?.drawn.text ?? '')).toEqual({
    topics: ['a', 'b'],
    size: 'l',
    on: true,
    nick: '小明小红',
    city: '1',
    speed: 2,
  });
});

test('the package is told in bytes by its subpackages', async () => {
  const { bytes } = await packedShop();
  expect(Object.keys(bytes)).toEqual(['', 'buy/']);
});
