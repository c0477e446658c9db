import type { Browser } from 'playwright-core';
import { makeId } from '../../client/id.ts';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { routes, talkRoutes } from '../../miniprogram/model/routes.ts';
import type { Client } from '../load/buyer.ts';
import { seeded } from '../support/seeded.ts';
import { describeInBrowser, openBrowser, openPage, problemsOf, SCHEMES } from './support/browser.ts';
import { smallTargets } from './support/phoneScreen.ts';
import { openShop, type Shop } from './support/shop.ts';

const FREE = seedCourseId(20);
const thread = `product:${FREE}` as never;
const random = seeded(31);
const newId = () => makeId('cmt', Date.UTC(2026, 10, 30), random) as never;
const WORDS = ['讲得很清楚，例子也贴近日常。', '前面慢一点就更好了。', '同意，第二遍看才懂。'];

/** A comment as everybody sees it, in the place of the check that would have to pass first. */
const shown = (n: number, changes: object = {}) => ({
  ...{
    id: `cmt_01JD000000000000000000000${n}`,
    threadId: thread,
    isMine: false,
    isEdited: n === 1,
    likes: 3,
    isLiked: n === 2,
  },
  author: {
    id: `usr_01JD000000000000000000000${n}`,
    nickname: ['', '林小满', '何一帆', '周可'][n],
    avatarUrl: null,
  },
  ...{ body: WORDS[n - 1], publicAtMs: Date.UTC(2026, 10, 29, n), stars: n === 1 ? 5 : null },
  ...{ learnedBp: n === 1 ? 3_333 : null, replies: 0, firstReplies: [], ...changes },
});

describeInBrowser('each page of comments', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(1), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  async function write(client: Client, body: string): Promise<void> {
    const { version } = await client.getLegalText({ kind: 'community' });
    await client.giveConsent({ kind: 'community', version, page: 'talk/comments', appVersion: '1.0.0' });
    await client.createComment({ id: newId(), threadId: thread, parentId: null, body, stars: null });
  }

  test.each(SCHEMES)('has no barrier and nothing too small to be tapped: %s', async (scheme) => {
    const who = `talker${scheme}`;
    const client = await shop.logIn(who);
    await shop.place(client, [{ productId: FREE }]);
    await write(client, '刚学完第一章，节奏正好。');
    const watched = await openPage(browser, { screen: 'phone', scheme });
    const whole = shown(1, { replies: 5, firstReplies: [shown(2), shown(3)] });
    const data = { items: [whole, shown(2, { author: null, body: null }), shown(3)], nextCursor: null };
    await watched.page.route(/\/api\/comments\?/, (route) =>
      route.fulfill({ json: { requestId: 'req_00000000', data } }),
    );
    await watched.page.route(/\/api\/comments\/[^/]+\/replies/, (route) =>
      route.fulfill({
        json: {
          requestId: 'req_00000000',
          data: { comment: shown(1), items: [shown(2), shown(3)], nextCursor: null },
        },
      }),
    );
    await watched.page.route(/\/api\/threads\//, (route) => {
      const rating = { people: 12, averageHundredths: 466, stars: [0, 0, 1, 2, 9] };
      const seen = { id: thread, comments: 16, rating, mayWrite: true, mayRate: true };
      return route.fulfill({ json: { requestId: 'req_00000000', data: seen } });
    });
    await watched.page.route(/\/api\/me\/blocks/, (route) => {
      const items = [2, 3].map((n) => {
        const { author } = shown(n);
        return {
          userId: author.id,
          nickname: author.nickname,
          avatarUrl: null,
          atMs: Date.UTC(2026, 10, 29),
        };
      });
      return route.fulfill({ json: { requestId: 'req_00000000', data: { items } } });
    });
    const problems: string[] = [];
    const look = async (name: string, path: string) => {
      const search = new URLSearchParams({ who, path, ...(scheme === 'dark' && { dark: '1' }) });
      await watched.page.goto(`${shop.url}/app?${search}`);
      await watched.settled();
      const small = await smallTargets(watched.page);
      problems.push(
        ...(await problemsOf(watched, `${name}-${scheme}`)),
        ...small.map((target) => `${name}: ${target}`),
      );
    };
    await look('talk-mine', talkRoutes.mine);
    await look('talk-comments', talkRoutes.comments(thread));
    await look('talk-replies', talkRoutes.replies('cmt_01JD0000000000000000000001'));
    await look('talk-blocks', talkRoutes.blocks);
    await look('talk-detail', routes.detail(FREE, 'course'));
    expect(problems).toEqual([]);
    await watched.context.close();
  });
});
