import type { CommentView } from '../../client/types.ts';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { routes, talkRoutes } from '../../miniprogram/model/routes.ts';
import { type Opening, type Shop, startShop } from './support/shop.ts';

let shop: Shop;
const FREE = seedCourseId(20);
const thread = `product:${FREE}`;

beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

let people = 0;
const open = (how: Opening = {}) => {
  people += 1;
  return shop.open(`talker${people}`, how);
};
const answer = (data: unknown) => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ requestId: 'req_0000', data }),
});
const refusal = (code: string, message: string, status: number) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ requestId: 'req_0000', error: { code, message, params: {} } }),
});

/** A comment whose words are gone, and which has replies. */
const gone = {
  ...{ id: 'cmt_01JD0000000000000000000009', threadId: thread, author: null, isMine: false, body: null },
  ...{
    isEdited: false,
    likes: 0,
    isLiked: false,
    publicAtMs: 1_795_000_000_000,
    stars: null,
    learnedBp: null,
  },
  ...{ replies: 1, firstReplies: [] },
};

const AUTHOR = 'usr_01JD0000000000000000000001';

/** A comment as everybody sees it. */
const aComment = (changes: Partial<CommentView> = {}): unknown => ({
  id: 'cmt_01JD0000000000000000000001',
  threadId: thread,
  author: { id: 'usr_01JD0000000000000000000001', nickname: '林小满', avatarUrl: null },
  ...{ isMine: false, body: '讲得很清楚', isEdited: true, likes: 2, isLiked: false, publicAtMs: shop.nowMs },
  ...{ stars: 4, learnedBp: 3_333, replies: 5 },
  firstReplies: [
    {
      id: 'cmt_01JD0000000000000000000002',
      author: { id: 'usr_01JD0000000000000000000002', nickname: '何一帆', avatarUrl: null },
      ...{ isMine: false, body: '同意', isEdited: false, likes: 0, isLiked: false, publicAtMs: shop.nowMs },
    },
  ],
  ...changes,
});

describe('comments on the phone', () => {
  test('who has not agreed to the rules is asked first, and what they wrote can be changed and deleted', async () => {
    const { phone, client } = await open({ path: talkRoutes.comments(thread) });
    const text = { tag: 'textarea', name: '评论内容' };
    expect(phone.text).toContain('还没有评论');
    await phone.type(text, '第一节就听懂了');
    await phone.tap('发布');
    await phone.choose('同意');
    expect(phone.text).toContain('第一节就听懂了');
    const { items } = await client.listMyComments({ threadId: thread });
    expect(items).toMatchObject([{ body: '第一节就听懂了', stars: null, parentId: null }]);
    await phone.tap('修改这条评论');
    await phone.type(text, '第二节也听懂了');
    await phone.tap('发布');
    expect(phone.text).toContain('第二节也听懂了');
    await phone.away(1, talkRoutes.mine);
    expect(phone.text).toContain('第二节也听懂了');
    await phone.tap('删除这条评论');
    await phone.choose('删除');
    expect(phone.text).toContain('还没有写过评论');
    expect((await client.listMyComments({})).items).toEqual([]);
  });

  test('a comment whose answer was lost is written once', async () => {
    const person = await open({ path: talkRoutes.comments(thread) });
    const { phone, client } = person;
    await phone.type({ tag: 'textarea', name: '评论内容' }, '只写一次');
    await phone.tap('发布');
    person.after = async ({ url }) => {
      if (url.endsWith('/api/comments')) throw new Error('lost');
    };
    await phone.choose('同意');
    expect(phone.text).toContain('网络不通');
    person.after = async () => undefined;
    await phone.tap('发布');
    expect((await client.listMyComments({ threadId: thread })).items).toHaveLength(1);
  });

  test('with stars, how far their authors had come, the first replies, and a way to the others', async () => {
    const person = await open({ path: '/own/about/about' });
    const { phone } = person;
    person.before = async ({ url }) => {
      if (url.includes('/replies')) return answer({ comment: aComment(), items: [], nextCursor: null });
      if (!url.includes('/api/comments')) return null;
      return answer({ items: [aComment(), gone], nextCursor: null });
    };
    await phone.away(1, talkRoutes.comments(thread));
    for (const words of ['林小满', '★★★★☆', '已学 33%', '已编辑', '何一帆：', '同意', '该评论已删除或不可见'])
      expect(phone.text).toContain(words);
    await phone.tap('最热');
    await phone.tap('回复 林小满');
    expect(phone.text).toContain('回复 林小满');
    await phone.tap('全部 5 条回复 ›');
    expect(phone.text).toContain('还没有回复');
  });

  test('below a product and on one’s own page, where comments are on', async () => {
    const person = await open({ path: routes.detail(FREE, 'course') });
    expect(person.phone.text).toContain('评论');
    const other = await open({ path: '/own/about/about' });
    other.before = async ({ url }) => {
      const off = { topics: 'off', groups: 'off', articles: 'off', drops: 'off', trials: 'off' };
      return url.endsWith('/api/features') ? answer({ comments: 'off', ...off, needsPhone: true }) : null;
    };
    await other.phone.away(1, routes.detail(FREE, 'course'));
    expect(other.phone.text).not.toContain('评论');
  });

  test('a like shows at once, is taken back by a second tap, and goes back when it is refused', async () => {
    const person = await open({ path: '/own/about/about' });
    const { phone } = person;
    const asked: string[] = [];
    let isRefused = false;
    person.before = async ({ method, url }) => {
      if (url.includes('/api/marks/')) {
        asked.push(`${method} ${new URL(url).pathname}`);
        if (isRefused) return refusal('writing.too_many', '今天的次数已用完', 409);
        return answer({ isOn: method === 'PUT' });
      }
      return url.includes('/api/comments?') ? answer({ items: [aComment()], nextCursor: null }) : null;
    };
    await phone.away(1, talkRoutes.comments(thread));
    await phone.tap('点赞，2 人点赞');
    await phone.tap('取消点赞，3 人点赞');
    expect(asked).toEqual([
      'PUT /api/marks/like/cmt_01JD0000000000000000000001',
      'DELETE /api/marks/like/cmt_01JD0000000000000000000001',
    ]);
    isRefused = true;
    await phone.tap('点赞，2 人点赞');
    expect(phone.text).toContain('♡ 2');
  });

  test('a comment is flagged with a reason, and its author is left out until that is undone', async () => {
    const person = await open({ path: '/own/about/about' });
    const { phone } = person;
    const asked: string[] = [];
    person.before = async ({ method, url, body }) => {
      const { pathname } = new URL(url);
      if (pathname === '/api/flags' || (pathname.startsWith('/api/me/blocks') && method !== 'GET')) {
        asked.push(`${method} ${pathname} ${body ?? ''}`);
        return answer(
          pathname === '/api/flags'
            ? { target: 'comment:cmt_01JD0000000000000000000001' }
            : { userId: AUTHOR },
        );
      }
      if (pathname === '/api/me/blocks')
        return answer({
          items:
            asked.length < 3
              ? [{ userId: AUTHOR, nickname: '林小满', avatarUrl: null, atMs: shop.nowMs }]
              : [],
        });
      return url.includes('/api/comments?') ? answer({ items: [aComment()], nextCursor: null }) : null;
    };
    await phone.away(1, talkRoutes.comments(thread));
    await phone.tap('举报或屏蔽 林小满');
    await phone.choose('举报');
    await phone.choose('其他问题');
    await phone.choose('不实信息');
    await phone.tap('举报或屏蔽 林小满');
    await phone.choose('屏蔽作者');
    await phone.choose('屏蔽');
    await phone.away(1, talkRoutes.blocks);
    expect(phone.text).toContain('林小满');
    await phone.tap('解除屏蔽 林小满');
    expect(phone.text).toContain('没有屏蔽任何人');
    expect(asked).toEqual([
      'POST /api/flags {"target":"comment:cmt_01JD0000000000000000000001","reason":"false"}',
      `PUT /api/me/blocks/${AUTHOR} `,
      `DELETE /api/me/blocks/${AUTHOR} `,
    ]);
  });

  test.each([
    ['comments', () => talkRoutes.comments(thread)],
    ['replies', () => talkRoutes.replies('cmt_01JD0000000000000000000001')],
    ['mine', () => talkRoutes.mine],
    ['blocks', () => talkRoutes.blocks],
  ])('%s: without a network, after an error, and a try later', async (_, path) => {
    const person = await open({ path: '/own/about/about' });
    const { phone } = person;
    await phone.set({ network: 'off' });
    await phone.away(1, path());
    expect(phone.text).toContain('网络不通，请检查网络后重试。');
    await phone.set({ network: 'good' });
    person.before = async () => refusal('internal', '服务暂时不可用', 500);
    await phone.tap('重试');
    expect(phone.text).toContain('req_0000');
    person.before = async () => null;
    await phone.tap('重试');
    expect(phone.text).not.toContain('req_0000');
  });
});
