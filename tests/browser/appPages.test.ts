import type { Browser, Page } from 'playwright-core';
import {
  describeInBrowser,
  openBrowser,
  openPage,
  problemsOf,
  SCHEMES,
  type Watched,
} from './support/browser.ts';
import { openShop, type Shop } from './support/shop.ts';

/** How small, in px, something to tap may be on a phone. Half a pixel is lost where rpx become px. */
const TARGET_PX = 43.5;

/** What on the page in front is too small to be tapped, a line each. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const wanted =
      'button, input:not([type=checkbox]), textarea, select, [role=button], [role=link], [role=radio], [role=checkbox]';
    return [...document.querySelectorAll<HTMLElement>('#pages *')]
      .filter((element) => element.matches(wanted) && element.checkVisibility())
      .flatMap((element) => {
        const { width, height } = element.getBoundingClientRect();
        const isSmall = width > 0 && (width < least || height < least);
        const name = element.getAttribute('aria-label') ?? element.textContent;
        return isSmall ? [`${name}: ${Math.round(width)} × ${Math.round(height)} px`] : [];
      });
  }, TARGET_PX);
}

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
