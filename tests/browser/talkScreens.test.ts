/** The staff's screens of messages, groups and drops, with what stands in them on an ordinary day. */
import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, problemsOf } from './support/browser.ts';
import { enter } from './support/console.ts';
import { openShop, type Shop } from './support/shop.ts';
import { logInStaff } from './support/staffClient.ts';

const GROUP = 'grp_01JD0000000000000000000001' as never;

describeInBrowser('the screens of messages, groups and drops', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
    await shop.buy('alice', ['数据分析']);
    const teacher = await shop.logIn('zhou');
    const editor = await logInStaff(shop, 'editor');
    const words = { title: '晨读小组', intro: '每天读一页，写下一句话。', coverUrl: null };
    const people = { teachers: [(await teacher.getMe()).id], assistants: [] };
    await editor.createGroup({ id: GROUP, kind: 'open', productId: null, ...words, ...people });
    const admin = await logInStaff(shop, 'admin');
    // The order is told once it is paid, which its own task does.
    await shop.until(
      () => admin.getMessageHealth({}),
      ({ rows }) => rows.some(({ kind }) => kind === 'order_paid'),
    );
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  test.each([
    ['desk', 'light'],
    ['desk', 'dark'],
    ['phone', 'light'],
  ] as const)('have no barrier and no width of their own: %s, %s', async (screen, scheme) => {
    const watched = await enter(browser, shop, 'admin', { screen, scheme, path: '/messages' });
    const { page } = watched;
    await page.getByText('支付成功').waitFor();
    const problems = await problemsOf(watched, `messages-${screen}-${scheme}`);
    for (const [name, path] of [
      ['groups', '/groups'],
      ['group', `/groups/${GROUP}`],
      ['drops', '/drops'],
    ] as const) {
      await page.goto(`${shop.url}/console${path}`);
      await watched.settled();
      problems.push(...(await problemsOf(watched, `${name}-${screen}-${scheme}`)));
    }
    await page.goto(`${shop.url}/console/groups`);
    await page.getByRole('button', { name: '新建小组' }).click();
    await page.getByRole('dialog').waitFor();
    problems.push(...(await problemsOf(watched, `group-new-${screen}-${scheme}`)));
    await watched.context.close();
    expect(problems).toEqual([]);
  });
});
