import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { routes, talkRoutes } from '../../miniprogram/model/routes.ts';
import { type Opening, type Shop, startShop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

let people = 0;
const open = (how: Opening = {}) => {
  people += 1;
  return shop.open(`member${people}`, { path: '/own/about/about', ...how });
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

const GROUP = 'grp_01JD0000000000000000000001';
const TOPIC = 'top_01JD0000000000000000000001';
const ANSWER = 'cmt_01JD0000000000000000000001';
const teacher = { id: 'usr_01JD0000000000000000000001', nickname: '王老师', avatarUrl: null };
const aGroup = (changes: object = {}) => ({
  ...{ id: GROUP, kind: 'open', productId: null, title: '晨读小组', intro: '每天一页', coverUrl: null },
  ...{ isMember: true, isStaffHere: false, isMuted: false, lastReadAtMs: 0, hasNews: true },
  ...{ teachers: [teacher], assistants: [], ...changes },
});
const aTopic = (changes: object = {}) => ({
  ...{
    id: TOPIC,
    groupId: GROUP,
    kind: 'ask',
    acceptedCommentId: null,
    isPinned: true,
    likes: 0,
    isLiked: false,
    replies: 1,
  },
  ...{ lastAtMs: shop.nowMs, createdAtMs: shop.nowMs, author: teacher, title: '怎么做笔记', body: '求方法' },
  ...{ images: [], isEdited: false, isByStaff: true, isMine: true, mayTend: false, ...changes },
});
const aComment = {
  ...{ id: ANSWER, threadId: `topic:${TOPIC}`, author: teacher, isMine: false, body: '用康奈尔法' },
  ...{
    isEdited: false,
    likes: 0,
    isLiked: false,
    publicAtMs: 1_795_000_000_000,
    stars: null,
    learnedBp: null,
  },
  ...{ replies: 0, firstReplies: [] },
};
const mine = {
  ...{ id: 'top_01JD0000000000000000000002', groupId: GROUP, kind: 'talk', isShown: false },
  ...{ createdAtMs: 0, title: '我的第一周', body: '…', images: [], state: 'checking', version: 1 },
  ...{ isHidden: false, editUntilMs: null, likes: 0, replies: 0 },
};
const page = (items: readonly unknown[]) => answer({ items, nextCursor: null });

/** What the server would answer about the one group, which begins as `group` says. */
function served(group: object = {}) {
  const state = { group: aGroup(group), topic: aTopic(), asked: [] as string[] };
  const serve = async ({ url, method = 'GET' }: { readonly url: string; readonly method?: string }) => {
    const path = new URL(url).pathname;
    if (method !== 'GET') state.asked.push(`${method} ${path}`);
    if (path.endsWith('/join')) Object.assign(state.group, { isMember: true });
    if (path.endsWith('/accept')) Object.assign(state.topic, { acceptedCommentId: ANSWER });
    if (path.endsWith('/api/groups')) return page([state.group]);
    if (path.endsWith(`/${GROUP}/topics`)) return page([state.topic]);
    if (path.includes('/api/groups/')) return answer({ group: state.group });
    if (path.endsWith('/api/me/topics')) return page([mine]);
    if (path.endsWith('/accept')) return answer({ acceptedCommentId: ANSWER });
    if (path.endsWith('/api/topics')) return answer({ topic: mine });
    if (path.includes('/api/topics/')) return answer({ topic: state.topic });
    if (path.includes('/api/comments')) return page([aComment]);
    return null;
  };
  return { state, serve };
}

describe('groups on the phone', () => {
  test('an open group is joined, shows what is pinned and asked, and one’s own that waits', async () => {
    const person = await open();
    const { phone } = person;
    const { state, serve } = served({ isMember: false });
    person.before = serve;
    await phone.away(1, talkRoutes.groups);
    expect(phone.text).toContain('公开小组 · 未加入');
    await phone.tap('晨读小组，公开小组 · 未加入，有新内容');
    expect(phone.text).not.toContain('怎么做笔记');
    await phone.tap('加入小组');
    for (const words of ['老师 王老师', '置顶', '提问', '怎么做笔记', '1 条回复', '我的第一周', '审核中'])
      expect(phone.text).toContain(words);
    expect(state.asked).toContain(`POST /api/groups/${GROUP}/join`);
  });

  test('who asked accepts an answer', async () => {
    const person = await open();
    const { phone } = person;
    const { state, serve } = served();
    person.before = serve;
    await phone.away(1, talkRoutes.topic(TOPIC));
    expect(phone.text).toContain('用康奈尔法');
    expect(phone.text).not.toContain('隐藏');
    await phone.tap('采纳 王老师 的回答');
    expect(phone.text).toContain('已采纳');
    expect(state.asked).toContain(`POST /api/topics/${TOPIC}/accept`);
  });

  test('a topic needs a title and a body, and is written once', async () => {
    const person = await open();
    const { phone } = person;
    const { state, serve } = served();
    person.before = serve;
    await phone.away(1, talkRoutes.write(GROUP));
    expect(phone.text).not.toContain('精华');
    await expect(phone.tap('发布')).rejects.toThrow();
    await phone.type({ tag: 'input', name: '标题' }, '我的第一周');
    await phone.type({ tag: 'textarea', name: '正文' }, '读完了第一章');
    await phone.tap('发布');
    expect(state.asked).toEqual(['POST /api/topics']);
  });

  test('there is a way to them from what they are about, for who has that', async () => {
    const person = await open();
    const { phone, client } = person;
    await phone.away(1, routes.detail(seedCourseId(20), 'course'));
    await phone.tap('免费领取');
    await phone.tap({ role: 'button', has: '免费领取' });
    expect((await client.getCourse({ id: seedCourseId(20) })).owned?.isOwned).toBe(true);
    const { serve } = served({ kind: 'course', productId: seedCourseId(20), title: '同学小组' });
    person.before = serve;
    await phone.away(1, routes.detail(seedCourseId(20), 'course'));
    await phone.tap('进入小组「同学小组」 ›');
    expect(phone.route).toBe('talk/group/group');
  });

  test('there is a way to them from one’s own things, where they are on', async () => {
    const person = await open();
    const { phone } = person;
    const { serve } = served();
    person.before = async (request) => {
      const on = { comments: 'on', topics: 'on', groups: 'on', articles: 'on', drops: 'on', trials: 'on' };
      return request.url.endsWith('/api/features') ? answer({ ...on, needsPhone: false }) : serve(request);
    };
    await phone.away(1, routes.learn);
    expect(phone.text).toContain('学习小组');
  });

  test.each([
    ['groups', () => talkRoutes.groups],
    ['group', () => talkRoutes.group(GROUP)],
    ['topic', () => talkRoutes.topic(TOPIC)],
  ])('%s: without a network, after an error, and a try later', async (_, path) => {
    const person = await open();
    const { phone } = person;
    await phone.set({ network: 'off' });
    await phone.away(1, path());
    expect(phone.text).toContain('网络不通，请检查网络后重试。');
    await phone.set({ network: 'good' });
    person.before = async () => refusal('internal', '服务暂时不可用', 500);
    await phone.tap('重试');
    expect(phone.text).toContain('req_0000');
    person.before = served().serve;
    await phone.tap('重试');
    expect(phone.text).not.toContain('req_0000');
  });
});
