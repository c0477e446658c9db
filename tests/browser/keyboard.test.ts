import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, openBrowser, openPage } from './support/browser.ts';
import { openShop, type Shop } from './support/shop.ts';

/** How many steps something may be away. */
const STEPS_MAX = 60;

/** What has the focus: its name as it is read out, and whether it is seen to have it. */
function focused(page: Page): Promise<{ readonly name: string; readonly isSeen: boolean }> {
  return page.evaluate(() => {
    const own = document.activeElement;
    if (!(own instanceof HTMLElement)) return { name: '', isSeen: false };
    const label = own.id === '' ? null : document.querySelector(`label[for="${CSS.escape(own.id)}"]`);
    const name =
      own.getAttribute('aria-label') ?? (label ?? own.closest('label'))?.textContent ?? own.textContent ?? '';
    const { outlineStyle, outlineWidth } = getComputedStyle(own);
    // The parts of a date show by themselves which of them has it.
    if (own.matches('input[type^=date]')) return { name: name.trim(), isSeen: true };
    return { name: name.trim(), isSeen: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0 };
  });
}

/** Steps on by the tab key until this has the focus. Whatever has it on the way must be seen to have it. */
async function stepTo(page: Page, wanted: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const { name, isSeen } = await focused(page);
    if (step > 0) expect({ name, isSeen }).toEqual({ name, isSeen: true });
    if (wanted.test(name)) return;
    passed.push(name.slice(0, 12));
    await page.keyboard.press('Tab');
  }
  throw new Error(`${wanted} is not within ${STEPS_MAX} steps: ${passed.join(' · ')}`);
}

describeInBrowser('without a mouse', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  test('finance logs in, opens an order and gives it back; the focus is where it was after the dialog', async () => {
    await shop.buy('alice', ['数据分析']);
    const { page, settled, faults, context } = await openPage(browser);
    const { userName, password, code } = shop.staff.finance;
    await page.goto(`${shop.url}/console/orders`);
    await settled();
    await stepTo(page, /^用户名/);
    await page.keyboard.type(userName);
    await stepTo(page, /^密码/);
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.getByLabel('验证码或恢复码').waitFor();
    await stepTo(page, /^验证码或恢复码/);
    await page.keyboard.type(await code());
    await page.keyboard.press('Enter');
    await page.locator('main tbody tr').first().waitFor();
    await settled();

    // The first step leads past the menu.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('Tab');
    expect((await focused(page)).name).toBe('跳到内容');
    await page.keyboard.press('Enter');

    // A slash leads to the search, and is a sign like any other in it.
    await page.keyboard.press('/');
    expect((await focused(page)).name).toBe('查找');
    await page.keyboard.type('a/');
    expect(await page.getByLabel('查找', { exact: true }).inputValue()).toBe('a/');
    await page.getByLabel('查找', { exact: true }).fill('');
    await stepTo(page, /^数据分析实战/);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '退款', exact: true }).waitFor();
    await settled();

    await stepTo(page, /^退款$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await focused(page)).name).toBe('退款');
    await page.keyboard.press('Enter');
    await stepTo(page, /^原因/);
    await page.keyboard.type('买错了课程');
    await stepTo(page, /^退款 ¥/);
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('正在退款').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});
