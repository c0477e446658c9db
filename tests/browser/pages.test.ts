import type { Browser } from 'playwright-core';
import {
  describeInBrowser,
  expectSound,
  largestPaintMs,
  openBrowser,
  openPage,
  SCHEMES,
  SCREENS,
  type ScreenName,
} from './support/browser.ts';
import { openShop, type Shop } from './support/shop.ts';

/** The pages that need nobody to be logged in, and what is there when they are ready. */
const PAGES = [
  ['/', 'text=打开管理后台'],
  ['/figures', '#tiles div'],
] as const;

describeInBrowser('pages that everybody sees', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  const looks = PAGES.flatMap(([path, ready]) =>
    (Object.keys(SCREENS) as ScreenName[]).flatMap((screen) =>
      SCHEMES.map((scheme) => [path, screen, scheme, ready] as const),
    ),
  );

  test.each(looks)(
    '%s, %s, %s: no barrier, a silent policy, nothing wider than the window',
    async (path, screen, scheme, ready) => {
      const watched = await openPage(browser, { screen, scheme });
      await watched.page.goto(shop.url + path);
      await watched.page.waitForSelector(ready);
      await expectSound(watched, `page${path.replaceAll('/', '-')}-${screen}-${scheme}`);
      await watched.context.close();
    },
  );

  test.each(PAGES)('%s shows its largest part soon', async (path, ready) => {
    const times: number[] = [];
    for (let load = 0; load < 3; load += 1) {
      const { page, context } = await openPage(browser);
      await page.goto(shop.url + path);
      await page.waitForSelector(ready);
      times.push(await largestPaintMs(page));
      await context.close();
    }
    console.log(`LCP ${path}: ${times.join(' ')} ms`);
    expect(Math.min(...times)).toBeGreaterThan(0);
  });
});
