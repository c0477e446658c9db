import type { Browser } from 'playwright-core';
import { seedProductId } from '../../local/seed/products.ts';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { buyRoutes } from '../../miniprogram/model/routes.ts';
import { describeInBrowser, openBrowser, openPage, problemsOf, SCHEMES } from './support/browser.ts';
import { smallTargets } from './support/phoneScreen.ts';
import { openShop, type Shop } from './support/shop.ts';

describeInBrowser('each page of buying', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  test.each(SCHEMES)('has no barrier and nothing too small to be tapped: %s', async (scheme) => {
    const who = `wangfang${scheme}`;
    const { id } = await shop.buy(who, ['数据分析'], 'android');
    const paths = [
      buyRoutes.checkout([seedCourseId(16)]),
      buyRoutes.checkout([seedProductId(6)], 1),
      buyRoutes.cart,
      buyRoutes.orders(),
      buyRoutes.order(id),
      buyRoutes.refund(id),
      buyRoutes.coupons,
      buyRoutes.points,
      buyRoutes.membership,
      buyRoutes.code,
      buyRoutes.gift,
    ];
    const watched = await openPage(browser, { screen: 'phone', scheme });
    const problems: string[] = [];
    for (const [at, path] of paths.entries()) {
      const search = new URLSearchParams({ who, path, ...(scheme === 'dark' && { dark: '1' }) });
      await watched.page.goto(`${shop.url}/app?${search}`);
      await watched.settled();
      const name = `buy-${at}-${/buy\/(\w+)/.exec(path)?.[1]}-${scheme}`;
      const small = await smallTargets(watched.page);
      problems.push(...(await problemsOf(watched, name)), ...small.map((target) => `${name}: ${target}`));
    }
    expect(problems).toEqual([]);
    await watched.context.close();
  });
});
