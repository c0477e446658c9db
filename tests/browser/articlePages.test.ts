import type { Browser } from 'playwright-core';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { routes, talkRoutes } from '../../miniprogram/model/routes.ts';
import { describeInBrowser, openBrowser, openPage, problemsOf, SCHEMES } from './support/browser.ts';
import { smallTargets } from './support/phoneScreen.ts';
import { openShop, type Shop } from './support/shop.ts';

const COURSE = seedCourseId(1);
const card = {
  ...{
    id: 'art_01JD0000000000000000000001',
    title: '怎样读一本书：从目录开始',
    summary: '目录是作者的地图。',
  },
  ...{ coverUrl: null, tags: ['方法', '阅读'], isOriginal: true, publishedAtMs: Date.UTC(2026, 10, 29, 1) },
};
const blocks = [
  {
    kind: 'paragraph',
    text: '多数人从第一页读起，然后在第三十页放下。先花五分钟读目录，知道作者要去哪里，再决定走不走。',
  },
  { kind: 'heading', text: '三个动作' },
  {
    kind: 'list',
    isNumbered: true,
    items: ['读目录和前言，写下一个问题。', '只读和问题有关的章节。', '合上书，讲给别人听。'],
  },
  { kind: 'quote', text: '书不是用来读完的，是用来回答问题的。' },
  { kind: 'product', productId: COURSE },
  { kind: 'list', isNumbered: false, items: ['纸书可以折角', '电子书可以划线'] },
];

describeInBrowser('each page of articles', () => {
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
    const who = `reader${scheme}`;
    const client = await shop.logIn(who);
    const { title, subtitle, category, tags, teacher, coverUrl, listFen, ...course } = await client.getCourse(
      {
        id: COURSE,
      },
    );
    const { limited, memberFen, isFreeForMembers, pointsPrice, price, lessonCount, publishedAtMs } = course;
    const product = {
      ...{ id: COURSE, kind: 'course', title, subtitle, category, tags, teacher, coverUrl, listFen, limited },
      ...{ memberFen, isFreeForMembers, pointsPrice, price, plan: null, lessonCount, publishedAtMs },
    };
    const watched = await openPage(browser, { screen: 'phone', scheme });
    const answer = (data: object) => ({ json: { requestId: 'req_00000000', data } });
    await watched.page.route(/\/api\/articles(\?|$)/, (route) =>
      route.fulfill(
        answer({
          items: [card, { ...card, id: 'art_01JD0000000000000000000002', isOriginal: false }],
          nextCursor: null,
        }),
      ),
    );
    await watched.page.route(/\/api\/articles\//, (route) =>
      route.fulfill(answer({ article: { ...card, blocks, products: [product] } })),
    );
    await watched.page.route(new RegExp(`/api/courses/${COURSE}$`), async (route) => {
      const { data } = await (await route.fetch()).json();
      return route.fulfill(answer({ ...data, trialDays: 3 }));
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
    await look('articles', talkRoutes.articles);
    await look('article', talkRoutes.article(card.id));
    await look('trial', routes.detail(COURSE, 'course'));
    await look('home', routes.home);
    expect(problems).toEqual([]);
    await watched.context.close();
  });
});
