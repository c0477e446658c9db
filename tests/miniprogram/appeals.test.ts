import type { OwnWritten } from '../../client/types.ts';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { appealShown } from '../../miniprogram/model/appeal.ts';
import { routes, talkRoutes } from '../../miniprogram/model/routes.ts';
import { type Shop, startShop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const thread = `product:${seedCourseId(20)}`;

describe('what was refused, on the phone', () => {
  test('says why, and is appealed once; what came of that stands there', async () => {
    const person = await shop.open('author', { path: talkRoutes.comments(thread) });
    const { phone, client } = person;
    await phone.type({ tag: 'textarea', name: '评论内容' }, '“违规广告”一节很实用');
    await phone.tap('发布');
    await phone.choose('同意');
    const [refused] = await shop.until(
      async () => (await client.listMyComments({})).items,
      ([first]) => first?.state === 'rejected',
    );
    await phone.away(1, talkRoutes.mine);
    await phone.tap('原因与申诉，这条评论');
    for (const words of ['没有通过平台的内容安全检测', '可能涉及广告', '一节很实用', '前可以申诉一次'])
      expect(phone.text).toContain(words);
    await expect(phone.tap('提交申诉')).rejects.toThrow('cannot be used');
    await phone.type('申诉理由', '这是章节的名字');
    await phone.tapTwice('提交申诉');
    expect(phone.text).toContain('申诉已提交');
    expect(phone.has('提交申诉')).toBe(false);
    const target = `comment:${refused?.id}`;
    await shop.staff.decideReview({ target, version: 1, decision: 'approve', reason: '是章节的名字' });
    await phone.pullDown();
    expect(phone.text).toContain('申诉通过，已恢复公开');
  });

  test('a message about it, and one about a reply, lead to their pages', async () => {
    const person = await shop.open('told', { path: '/own/about/about' });
    const { phone } = person;
    const cmt = 'cmt_01JD0000000000000000000001';
    const message = (title: string, page: string) => ({
      ...{
        id: title,
        kind: 'content_removed',
        title,
        text: '…',
        page,
        isRead: true,
        createdAtMs: shop.nowMs,
      },
    });
    const items = [
      message('移除', `talk/appeal/appeal?target=comment:${cmt}`),
      message('回复', `talk/comments/comments?id=${cmt}`),
    ];
    const asked: string[] = [];
    person.before = async ({ url }) => {
      const { pathname, searchParams } = new URL(url);
      asked.push(`${pathname}${searchParams.get('target') ?? ''}`);
      if (!url.includes('messages')) return null;
      const data = { items, nextCursor: null };
      return { status: 200, headers: {}, body: JSON.stringify({ requestId: 'req_0000', data }) };
    };
    await phone.away(1, routes.inbox);
    await phone.tap('移除，…');
    expect(phone.route).toBe('talk/appeal/appeal');
    expect(asked.at(-1)).toBe(`/api/me/reviewcomment:${cmt}`);
    await phone.back();
    await phone.tap('回复，…');
    expect(phone.route).toBe('talk/comments/comments');
    expect(asked).toContain(`/api/comments/${cmt}/replies`);
  });

  test('without a network, what is not there, and a try later', async () => {
    const { phone } = await shop.open('nobody2', { path: '/own/about/about' });
    await phone.set({ network: 'off' });
    await phone.away(1, talkRoutes.appeal('comment:cmt_01JD0000000000000000000001'));
    expect(phone.text).toContain('网络不通，请检查网络后重试。');
    await phone.set({ network: 'good' });
    await phone.tap('重试');
    expect(phone.text).toContain('内容不存在');
  });
});

describe('what is said of something of one’s own', () => {
  const shown = (review: Partial<OwnWritten['review']>) =>
    appealShown(
      {
        ...{ title: null, body: '…' },
        review: {
          ...{ target: 'comment:cmt_1', state: 'rejected', version: 1, isShown: false, isHidden: false },
          ...{ sinceAtMs: 0, takenBy: null, label: null, appealUntilMs: null, isAppealed: false, ...review },
        },
      },
      0,
    );

  test.each<[Partial<OwnWritten['review']>, string, string]>([
    [{ takenBy: 'platform', label: 20002, appealUntilMs: 1_000 }, '平台的内容安全检测', '前可以申诉一次'],
    [{ takenBy: 'staff' }, '工作人员审核后没有通过', '已超过申诉期限'],
    [{ state: 'removed', takenBy: 'staff', isAppealed: true }, '已移除', '申诉没有通过'],
    [{ state: 'queued', isAppealed: true }, '由工作人员审核', '申诉已提交'],
    [{ state: 'public', isAppealed: true, isShown: true }, '都能看到', '申诉通过'],
    [{ state: 'public', isHidden: true }, '多人举报', ''],
    [{ state: 'checking' }, '平台正在检测', ''],
  ])('%j: %s, %s', (review, decided, appeal) => {
    expect(shown(review).decided).toContain(decided);
    expect(shown(review).appeal).toContain(appeal);
    expect(shown(review).mayAppeal).toBe(review.appealUntilMs !== undefined);
  });

  test('the kind of the risk is said in words, also one that is not known', () => {
    expect(shown({ label: 20002 }).reason).toBe('可能涉及色情');
    expect(shown({ label: 1 }).reason).toBe('可能涉及其他违规内容');
    expect(shown({ state: 'queued', label: 20002 }).reason).toBe('');
  });
});
