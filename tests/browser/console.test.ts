import type { Browser, Page } from 'playwright-core';
import { views } from '../../console/views.ts';
import {
  describeInBrowser,
  expectSound,
  openBrowser,
  problemsOf,
  SCHEMES,
  type Watched,
} from './support/browser.ts';
import { enter } from './support/console.ts';
import { openShop, ROLES, type Shop, type StaffRole } from './support/shop.ts';

/** The paths of the menu that a role sees. */
async function menuOf(page: Page): Promise<readonly string[]> {
  const hrefs = await page
    .locator('nav#menu a')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  return [...new Set(hrefs)];
}

/** Follows a link of the console without loading its page anew. */
async function follow({ page, settled }: Watched, href: string): Promise<void> {
  await page
    .locator(`nav#menu a[href="${href}"]`)
    .first()
    .evaluate((link: HTMLElement) => link.click());
  await settled();
}

const nameOf = (href: string) =>
  href
    .replace(/^\/console/, '')
    .replaceAll(/\W+/g, '-')
    .replace(/^-$/, '-today');

/** Gives a reason where one is asked for before a person is shown. */
async function giveReason({ page, settled }: Watched): Promise<void> {
  const reason = page.locator('main form textarea, main form input[name=reason]');
  if ((await reason.count()) === 0) return;
  await reason.first().fill('核对买家的订单');
  await page.locator('main form button[type=submit]').first().click();
  await settled();
}

describeInBrowser('the console', () => {
  let shop: Shop;
  let browser: Browser;
  let dear: string;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
    await shop.buy('alice', ['数据分析']);
    await shop.buy('bob', ['Python'], 'android');
    dear = (await shop.buy('carol', ['TypeScript', 'SQL', '机器学习', '小程序开发'])).id;
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  const looks = [
    ...ROLES.map((role) => [role, 'desk', 'light'] as const),
    ['admin', 'desk', 'dark'] as const,
    ...SCHEMES.map((scheme) => ['admin', 'phone', scheme] as const),
    ['admin', 'enlarged', 'light'] as const,
  ];
  test.each(looks)(
    'every screen of the menu and the first thing in it: %s, %s, %s',
    async (role, screen, scheme) => {
      const watched = await enter(browser, shop, role, { screen, scheme });
      const { page } = watched;
      const seen: string[] = [];
      const problems: string[] = [];
      for (const href of await menuOf(page)) {
        await follow(watched, href);
        const name = `console${nameOf(href)}-${role}-${screen}-${scheme}`;
        problems.push(...(await problemsOf(watched, name)));
        seen.push(href.replace(/^\/console/, '') || '/');
        const first = page.locator('main tbody tr a[href^="/console/"]').first();
        if ((await first.count()) === 0) continue;
        await first.evaluate((link: HTMLElement) => link.click());
        await watched.settled();
        await giveReason(watched);
        problems.push(...(await problemsOf(watched, `${name}-first`)));
      }
      await watched.context.close();
      const known = new Set(views.map(({ path }) => path));
      expect(problems).toEqual([]);
      expect(seen.length).toBeGreaterThan(5);
      expect(seen.filter((path) => !known.has(path))).toEqual([]);
    },
  );

  async function showCode(page: Page, role: StaffRole): Promise<void> {
    const dialog = page.getByRole('dialog', { name: '二次验证' });
    await dialog.waitFor();
    await dialog.getByLabel('验证码或恢复码').fill(await shop.staff[role].code());
    await dialog.getByRole('button', { name: '验证' }).click();
  }

  test('above 500 yuan finance asks with a second factor, and an administrator agrees', async () => {
    const finance = await enter(browser, shop, 'finance', { path: `/orders/${dear}` });
    // Ten minutes after the login, the second factor is asked for again.
    await shop.post('/control/clock', { ms: 15 * 60_000 });
    await finance.page.getByRole('button', { name: '退款', exact: true }).click();
    const dialog = finance.page.getByRole('dialog', { name: '退款' });
    await dialog.getByLabel('原因').waitFor();
    for (const box of await dialog.getByRole('checkbox', { name: /^退这一项/ }).all()) await box.check();
    await dialog.getByLabel('原因').fill('四门课都没有开始学');
    await expectSound(finance, 'console-refund-dialog');
    await dialog.getByRole('button', { name: /^退款 ¥\d/ }).click();
    await showCode(finance.page, 'finance');
    await finance.page.getByRole('status').getByText('还差 1 人同意').waitFor();
    await finance.settled();
    await expectSound(finance, 'console-refund-asked');
    await finance.context.close();

    const admin = await enter(browser, shop, 'admin', { path: `/orders/${dear}` });
    await shop.post('/control/clock', { ms: 15 * 60_000 });
    await admin.page.getByRole('button', { name: '同意退款' }).first().click();
    const agree = admin.page.getByRole('dialog', { name: '同意退款' });
    await agree.getByLabel('原因').fill('情况属实');
    await agree.getByRole('button', { name: /同意退款/ }).click();
    await showCode(admin.page, 'admin');
    await agree.waitFor({ state: 'detached' });
    await admin.settled();
    await expectSound(admin, 'console-refund-agreed');
    expect(await admin.page.getByRole('button', { name: '同意退款' }).count()).toBe(0);
    await admin.context.close();
  });
});
