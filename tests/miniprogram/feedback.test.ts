import { routes } from '../../miniprogram/model/routes.ts';
import { type Shop, startShop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

describe('feedback on the phone', () => {
  test('is told once, answered by staff, said more about, and found from one’s own page', async () => {
    const person = await shop.open('teller');
    const { phone, client } = person;
    await phone.away(1, routes.me);
    await phone.tap('意见反馈');
    expect(phone.text).toContain('还没有提过反馈');
    await phone.tap({ role: 'radio', text: '内容问题' });
    await phone.type({ tag: 'textarea', name: '反馈内容' }, '第三节的图看不清');
    person.after = async ({ method, url }) => {
      if (method === 'POST' && url.endsWith('/api/me/feedback')) throw new Error('lost');
    };
    await phone.tap('提交反馈');
    expect(phone.text).toContain('网络不通');
    person.after = async () => undefined;
    await phone.tap('提交反馈');
    for (const shown of ['内容问题', '待答复', '第三节的图看不清']) expect(phone.text).toContain(shown);
    const { items } = await client.listMyFeedback({});
    expect(items).toMatchObject([{ kind: 'content', state: 'open' }]);
    const id = items[0]?.id ?? '';
    await shop.staff.answerFeedback({ id, answer: '已换成高清图', seenTurns: 1 });
    await phone.away(1, routes.feedback);
    expect(phone.text).toContain('已换成高清图');
    await phone.tap('继续补充这条反馈');
    await phone.type({ tag: 'textarea', name: '补充内容' }, '看清了，谢谢');
    await phone.tap({ tag: 'button', text: '提交' });
    expect(phone.text).toContain('看清了，谢谢');
    expect(phone.text).not.toContain('前可以继续补充');
  });

  test('what staff said meanwhile is not talked over', async () => {
    const person = await shop.open('late', { path: routes.feedback });
    const { phone, client } = person;
    const id = `fbk_${'0'.repeat(26)}`;
    await client.sendFeedback({ id, kind: 'bug', words: '登录慢', orderId: null, images: [] });
    await shop.staff.answerFeedback({ id, answer: '在查', seenTurns: 1 });
    await phone.away(1, routes.feedback);
    await phone.tap('继续补充这条反馈');
    await client.reopenFeedback({ id, words: '还是慢', seenTurns: 2 });
    await phone.type({ tag: 'textarea', name: '补充内容' }, '怎么样了');
    await phone.tap({ tag: 'button', text: '提交' });
    expect(phone.text).toContain('内容已有更新');
  });
});
