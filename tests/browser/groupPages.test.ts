/** The pages of groups and drops in a browser, in both themes, with what the server would answer. */
import type { Browser } from 'playwright-core';
import { talkRoutes } from '../../miniprogram/model/routes.ts';
import { describeInBrowser, openBrowser, openPage, problemsOf, SCHEMES } from './support/browser.ts';
import { smallTargets } from './support/phoneScreen.ts';
import { openShop, type Shop } from './support/shop.ts';

const GROUP = 'grp_01JD0000000000000000000001';
const TOPIC = 'top_01JD0000000000000000000001';
const teacher = { id: 'usr_01JD0000000000000000000001', nickname: '王老师', avatarUrl: null };
const AT_MS = Date.UTC(2026, 10, 29, 10);
const group = {
  ...{ id: GROUP, kind: 'open', productId: null, title: '晨读小组', coverUrl: null, isMember: true },
  ...{ intro: '每天读一页，写下一句话。', isStaffHere: true, isMuted: false, lastReadAtMs: 0, hasNews: true },
  ...{ teachers: [teacher], assistants: [] },
};
const topic = (changes: object = {}) => ({
  ...{
    id: TOPIC,
    groupId: GROUP,
    kind: 'ask',
    acceptedCommentId: null,
    isPinned: true,
    likes: 3,
    isLiked: true,
    replies: 2,
  },
  ...{ lastAtMs: AT_MS, createdAtMs: AT_MS, author: teacher, title: '怎样做读书笔记才记得住？', images: [] },
  ...{ body: '抄了很多，过几天就忘。', isEdited: false, isByStaff: false, isMine: true, mayTend: true },
  ...changes,
});
const comment = (n: number) => ({
  ...{ id: `cmt_01JD000000000000000000000${n}`, threadId: `topic:${TOPIC}`, author: teacher, isMine: false },
  ...{
    body: '试试康奈尔笔记法：先合上书，再写。',
    isEdited: false,
    likes: 0,
    isLiked: false,
    publicAtMs: AT_MS,
    stars: null,
  },
  ...{ learnedBp: null, replies: 0, firstReplies: [] },
});
const waiting = {
  ...{
    id: 'top_01JD0000000000000000000003',
    groupId: GROUP,
    kind: 'talk',
    isShown: false,
    createdAtMs: AT_MS,
  },
  ...{ title: '第一周小结', body: '…', images: [], state: 'checking', version: 1, isHidden: false },
  ...{ editUntilMs: null, likes: 0, replies: 0 },
};

const rejected = {
  ...waiting,
  id: `${TOPIC.slice(0, -1)}4`,
  title: '推荐一个群',
  body: '加我',
  state: 'rejected',
};
const written = {
  ...{ title: '推荐一个群', body: '想一起读书的加我，一起打卡，互相监督。' },
  review: {
    ...{ target: `topic:${rejected.id}`, state: 'rejected', version: 1, isShown: false, isHidden: false },
    ...{ sinceAtMs: AT_MS, takenBy: 'platform', label: 10001, appealUntilMs: Date.UTC(2099, 0, 1) },
    isAppealed: false,
  },
};
const drop = (path: string) => {
  const id = path.slice(-30);
  const whyNot = ({ 2: 'empty', 3: 'ended', 4: 'not_in_group' } as const)[id.slice(-1)] ?? null;
  return {
    ...{
      id,
      title: '晨读小组的周末福利',
      audience: whyNot === null ? 'wechat_group' : 'group',
      groupId: null,
    },
    ...{ count: 50, leftCount: whyNot === 'empty' ? 0 : 12, endsAtMs: AT_MS, whyNot },
    coupon: {
      ...{ title: '周末读书券', rule: { kind: 'full_reduction', thresholdFen: 5_900, offFen: 1_500 } },
      ...{ scope: { kind: 'kinds', kinds: ['course', 'column'] }, validity: { kind: 'days', days: 7 } },
    },
    isClaimed: id.endsWith('5'),
  };
};
const DROPS = ['open', 'empty', 'ended', 'other', 'claimed'].map(
  (name, at) => [`drop-${name}`, talkRoutes.drop(`drp_01JD000000000000000000000${at + 1}`)] as const,
);

/** What the server answers to a path; null for what it is asked itself. */
function answered(path: string): unknown {
  const page = (items: readonly unknown[]) => ({ items, nextCursor: null });
  if (path.includes('/api/drops/')) return { drop: drop(path) };
  if (path.endsWith('/api/groups'))
    return page([group, { ...group, id: `${GROUP.slice(0, -1)}2`, isMember: false }]);
  if (path.endsWith('/topics') && path.includes('/groups/'))
    return page([
      topic(),
      topic({ id: `${TOPIC.slice(0, -1)}2`, kind: 'digest', isPinned: false, isByStaff: true }),
    ]);
  if (path.includes('/api/groups/')) return { group };
  if (path.endsWith('/api/me/topics'))
    return page([{ ...waiting, editUntilMs: Date.UTC(2099, 0, 1) }, rejected]);
  if (path.endsWith('/api/me/review')) return { written };
  if (path.includes('/api/topics/')) return { topic: topic({ acceptedCommentId: comment(1).id }) };
  return path.endsWith('/api/comments') ? page([comment(1), comment(2)]) : null;
}

describeInBrowser('each page of groups', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(1), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  test.each(SCHEMES)('has no barrier and nothing too small to be tapped: %s', async (scheme) => {
    const who = `member${scheme}`;
    await shop.logIn(who);
    const watched = await openPage(browser, { screen: 'phone', scheme });
    await watched.page.route(/\/api\/(groups|drops|topics|comments|me\/topics|me\/review)/, (route) => {
      const data = answered(new URL(route.request().url()).pathname);
      return data === null ? route.continue() : route.fulfill({ json: { requestId: 'req_00000000', data } });
    });
    const problems: string[] = [];
    for (const [name, path] of [
      ['groups', talkRoutes.groups],
      ['group', talkRoutes.group(GROUP)],
      ['topic', talkRoutes.topic(TOPIC)],
      ['write', talkRoutes.write(GROUP)],
      ['my-topics', talkRoutes.myTopics],
      ['rewrite', talkRoutes.rewrite(waiting.id)],
      ['appeal', talkRoutes.appeal(`topic:${rejected.id}`)],
      ...DROPS,
    ] as const) {
      const search = new URLSearchParams({ who, path, ...(scheme === 'dark' && { dark: '1' }) });
      await watched.page.goto(`${shop.url}/app?${search}`);
      await watched.settled();
      const small = await smallTargets(watched.page);
      const found = await problemsOf(watched, `${name}-${scheme}`);
      problems.push(...found, ...small.map((target) => `${name}: ${target}`));
    }
    expect(problems).toEqual([]);
    await watched.context.close();
  });
});
