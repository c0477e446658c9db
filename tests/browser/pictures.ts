/** `npm run pictures`: takes the pictures of the documents, `docs/pictures/*.png`, of a shop with a day behind it. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { ROOT } from '../../tools/sources.ts';
import { openBrowser, openPage } from './support/browser.ts';
import { enter } from './support/console.ts';
import { openShop, type Shop } from './support/shop.ts';

const FOLDER = join(ROOT, 'docs', 'pictures');
const BYTES_MAX = 200_000;

/** Who bought what on the day, an hour apart. */
const DAY: readonly (readonly [name: string, words: readonly string[], platform: 'web' | 'android'])[] = [
  ['linjia', ['SQL'], 'android'],
  ['chenyu', ['TypeScript', '小程序开发'], 'web'],
  ['wangning', ['数据分析'], 'android'],
  ['zhaolei', ['机器学习'], 'android'],
  ['sunqi', ['Python'], 'web'],
];

async function take(page: Page, name: string): Promise<void> {
  const { length: bytes } = await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  if (bytes > BYTES_MAX) throw new Error(`${name}.png has ${bytes} bytes`);
  console.log(`${name}.png ${Math.round(bytes / 1000)} kB`);
}

/** Four phones side by side: home, a course, its payment, the paid order. */
async function takePhones(browser: Browser, shop: Shop): Promise<void> {
  const { page, settled, context } = await openPage(browser);
  const phone = page.locator('#pages .f-layer:not([inert])');
  const shots: Buffer[] = [];
  const shoot = async () => {
    await settled();
    shots.push(await page.locator('#phone').screenshot());
  };
  const home = `${shop.url}/app?who=linjia&platform=android`;
  await page.goto(home);
  await page.getByRole('tab', { name: '课程' }).click();
  await phone
    .getByRole('link', { name: /居家健身/ })
    .first()
    .click();
  await shoot();
  await phone.getByRole('button', { name: '立即购买' }).click();
  await phone.getByRole('button', { name: /^支付/ }).click();
  const pay = page.getByRole('button', { name: '确认支付' });
  await pay.waitFor();
  await shoot();
  await pay.click();
  await phone.getByText('已支付').first().waitFor();
  await shoot();
  // By now somebody is logged in.
  await page.goto(home);
  await shoot();
  shots.unshift(...shots.splice(-1));
  const images = shots.map(
    (shot) =>
      `<img height="580" style="border-radius:50px" src="data:image/png;base64,${shot.toString('base64')}">`,
  );
  const sheet = await context.newPage();
  await sheet.setViewportSize({ width: 1280, height: 640 });
  await sheet.setContent(
    `<body style="margin:0;height:640px;display:flex;align-items:center;justify-content:space-evenly;background:#e9edf0">${images.join('')}`,
  );
  await take(sheet, 'app');
  await context.close();
}

async function takeConsole(browser: Browser, shop: Shop, orderId: string): Promise<void> {
  const { page, settled, context } = await enter(browser, shop, 'finance');
  await take(page, 'console-today');
  await page.goto(`${shop.url}/console/orders/${orderId}`);
  await settled();
  await page.getByRole('button', { name: '退款', exact: true }).click();
  await page.getByLabel('原因').fill('课程与介绍不符');
  await take(page, 'console-refund');
  await context.close();
  const dark = await enter(browser, shop, 'admin', { path: '/orders', scheme: 'dark' });
  await take(dark.page, 'console-orders-dark');
  await dark.context.close();
}

async function main(): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const [shop, browser] = await Promise.all([openShop(), openBrowser()]);
  try {
    const start = await openPage(browser);
    await start.page.goto(shop.url);
    await start.settled();
    await take(start.page, 'start');
    let orderId = '';
    for (const [name, words, platform] of DAY) orderId = (await shop.buy(name, words, platform)).id;
    await takePhones(browser, shop);
    await takeConsole(browser, shop, orderId);
  } finally {
    await browser.close();
    await shop.close();
  }
}

main().catch((caught: unknown) => {
  console.error(caught);
  process.exitCode = 1;
});
