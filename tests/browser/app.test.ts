import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, openPage, problemsOf, SCHEMES } from './support/browser.ts';
import { openShop, type Shop } from './support/shop.ts';

const TABS = ['首页', '课程', '学习', '我的'];

describeInBrowser('the learner’s phone', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  test.each(SCHEMES)('its tabs, as somebody sees them who is not logged in: %s', async (scheme) => {
    const watched = await openPage(browser, { screen: 'phone', scheme });
    const { page } = watched;
    await page.goto(`${shop.url}/app?who=lihua${scheme === 'dark' ? '&dark=1' : ''}`);
    const problems: string[] = [];
    for (const tab of TABS) {
      await page.getByRole('tab', { name: tab }).click();
      await watched.settled();
      problems.push(...(await problemsOf(watched, `app-${tab}-${scheme}`)));
    }
    expect(problems).toEqual([]);
    await watched.context.close();
  });

  test.each([
    ['android', '申请退款'],
    ['ios', '如何退款'],
    ['windows', '申请退款'],
  ])('a course is found, bought and paid for: %s', async (platform, refund) => {
    const watched = await openPage(browser);
    const { page, settled } = watched;
    const phone = page.locator('#pages .f-layer:not([inert])');
    const problems: string[] = [];
    const look = async (name: string) => {
      await settled();
      problems.push(...(await problemsOf(watched, `app-${platform}-${name}`)));
    };
    await page.goto(`${shop.url}/app?who=${platform}&platform=${platform}`);
    await page.getByRole('tab', { name: '课程' }).click();
    await phone
      .getByRole('link', { name: /居家健身/ })
      .first()
      .click();
    await look('detail');
    await phone.getByRole('button', { name: '立即购买' }).click();
    await look('checkout');
    await phone.getByRole('button', { name: /^支付 ¥39/ }).click();
    const till = page.getByRole('dialog', { name: '付款给知课' });
    await till.getByText('¥39.00').waitFor();
    await look('sheet');
    await till.getByRole('button', { name: '确认支付' }).click();
    await phone.getByText('已支付').first().waitFor();
    await phone.getByRole('button', { name: refund }).waitFor();
    await look('paid');
    await phone.getByRole('button', { name: refund }).click();
    await look('refund');
    expect(problems).toEqual([]);
    const { xpay } = (await shop.books()) as { readonly xpay: object };
    expect(JSON.stringify(xpay)).toContain('3900');
    await watched.context.close();
  });

  test('an e-book, which the owner’s licence sells by WeChat Pay, is bought on the same phone', async () => {
    const watched = await openPage(browser);
    const { page, settled } = watched;
    const phone = page.locator('#pages .f-layer:not([inert])');
    await page.goto(`${shop.url}/app?who=reader`);
    await page.getByRole('tab', { name: '课程' }).click();
    await phone.getByRole('radio', { name: '电子书' }).click();
    await phone
      .getByRole('link', { name: /独立开发者收入报告/ })
      .first()
      .click();
    await phone.getByRole('button', { name: '立即购买' }).click();
    await settled();
    expect(await problemsOf(watched, 'app-wxpay-checkout')).toEqual([]);
    await phone.getByRole('button', { name: /^支付 ¥/ }).click();
    await page.getByRole('dialog', { name: '付款给知课' }).getByRole('button', { name: '确认支付' }).click();
    await phone.getByText('已支付').first().waitFor();
    await phone.getByText('微信支付').first().waitFor();
    await settled();
    expect(await problemsOf(watched, 'app-wxpay-paid')).toEqual([]);
    const { orders } = (await shop.books()) as { readonly orders: readonly { totalFen: number }[] };
    expect(orders.map(({ totalFen }) => totalFen)).toEqual([4900]);
    await watched.context.close();
  });
});
