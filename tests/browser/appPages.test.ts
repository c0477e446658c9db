import type { Browser } from 'playwright-core';
import {
  describeInBrowser,
  openBrowser,
  openPage,
  problemsOf,
  SCHEMES,
  type Watched,
} from './support/browser.ts';
import { smallTargets } from './support/phoneScreen.ts';
import { openShop, type Shop } from './support/shop.ts';

describeInBrowser('each page of the mini-program', () => {
  let shop: Shop;
  let browser: Browser;
  let products: readonly { readonly id: string; readonly kind: string }[];
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
    const answer = await fetch(`${shop.url}/api/products?limit=50`);
    products = ((await answer.json()) as { data: { items: typeof products } }).data.items;
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  async function look(watched: Watched, name: string): Promise<string[]> {
    await watched.settled();
    const small = await smallTargets(watched.page);
    return [...(await problemsOf(watched, name)), ...small.map((target) => `${name}: ${target}`)];
  }

  test.each(SCHEMES)('has no barrier and nothing too small to be tapped: %s', async (scheme) => {
    const watched = await openPage(browser, { screen: 'phone', scheme });
    const { page } = watched;
    const kinds = [...new Map(products.map(({ id, kind }) => [kind, id]))];
    const paths = [
      ...['/pages/home/home', '/pages/list/list', '/pages/learn/learn', '/pages/me/me'],
      ...kinds.map(([kind, id]) => `/pages/detail/detail?id=${id}&kind=${kind}`),
      ...[
        '/own/profile/profile',
        '/own/privacy/privacy',
        '/own/terms/terms?kind=privacy',
        '/own/about/about',
      ],
    ];
    expect(paths.length).toBeGreaterThan(12);
    const problems: string[] = [];
    for (const path of paths) {
      const search = new URLSearchParams({ who: 'lihua', path, ...(scheme === 'dark' && { dark: '1' }) });
      await page.goto(`${shop.url}/app?${search}`);
      problems.push(...(await look(watched, `app-${path.replace(/\W+/g, '-')}-${scheme}`)));
    }
    expect(problems).toEqual([]);
    await watched.context.close();
  });

  test.each(SCHEMES)('logs in, by each of its ways: %s', async (scheme) => {
    const watched = await openPage(browser, { screen: 'phone', scheme });
    const { page } = watched;
    const phone = page.locator('#pages');
    const search = new URLSearchParams({ who: 'zhangwei', path: '/own/login/login' });
    await page.goto(`${shop.url}/app?${search}${scheme === 'dark' ? '&dark=1' : ''}`);
    const problems = await look(watched, `app-login-wechat-${scheme}`);
    await phone.getByRole('button', { name: '注册账号' }).click();
    problems.push(...(await look(watched, `app-login-register-${scheme}`)));
    await phone.getByRole('button', { name: '注册并登录' }).click();
    problems.push(...(await look(watched, `app-login-wrong-${scheme}`)));
    expect(problems).toEqual([]);
    await watched.context.close();
  });
});
