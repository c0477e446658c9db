import type { Browser } from 'playwright-core';
import {
  describeInBrowser,
  expectLargestPaint,
  expectSound,
  openBrowser,
  openPage,
  SCHEMES,
  SCREENS,
  type ScreenName,
} from './support/browser.ts';
import { openShop, type Shop } from './support/shop.ts';

/** The pages that need nobody to be logged in, what is there when they are ready, and what makes them dark. */
const PAGES = [
  ['/', 'text=打开管理后台', ''],
  ['/figures', '#tiles div', ''],
  ['/console/login', 'text=用户名', ''],
  ['/app', '#pages [role=link]', '?dark=1'],
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

  const looks = PAGES.flatMap(([path, ready, dark]) =>
    (Object.keys(SCREENS) as ScreenName[]).flatMap((screen) =>
      SCHEMES.map((scheme) => [path, screen, scheme, ready, scheme === 'dark' ? dark : ''] as const),
    ),
  );

  test.each(looks)(
    '%s, %s, %s: no barrier, a silent policy, nothing wider than the window',
    async (path, screen, scheme, ready, query) => {
      const watched = await openPage(browser, { screen, scheme });
      await watched.page.goto(shop.url + path + query);
      await watched.page.waitForSelector(ready);
      await watched.settled();
      await expectSound(watched, `page${path.replaceAll('/', '-')}-${screen}-${scheme}`);
      await watched.context.close();
    },
  );

  test.each(PAGES)('%s shows its largest part', async (path, ready) => {
    await expectLargestPaint(browser, shop.url + path, ready);
  });
});
