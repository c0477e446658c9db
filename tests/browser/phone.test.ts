import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, openBrowser, openPage, problemsOf } from './support/browser.ts';
import { openShop, type Shop } from './support/shop.ts';

/** The name of what has the focus, and where it is. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: own } = document;
    return `${own?.closest('#pages, #sheet, #tabs, #capsule, aside')?.id ?? ''}: ${own?.getAttribute('aria-label') ?? own?.textContent ?? ''}`;
  });

describeInBrowser('the frame of the phone', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  test('a page is opened and left by keyboard alone, and the focus is where it was', async () => {
    const watched = await openPage(browser);
    const { page } = watched;
    await page.goto(`${shop.url}/app?who=keys`);
    await page.getByRole('tab', { name: '课程' }).focus();
    await page.keyboard.press('Enter');
    await watched.settled();
    const link = page.locator('#pages').getByRole('link').first();
    await link.focus();
    const before = await focused(page);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '立即购买' }).waitFor();
    expect(await page.locator('.f-layer:not([inert])').count()).toBe(1);
    await page.getByRole('button', { name: '返回' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: '课程' }).waitFor();
    await watched.settled();
    expect(await focused(page)).toBe(before);
    expect(watched.faults).toEqual([]);
    await watched.context.close();
  });

  test('a sheet takes the focus, keeps the page out of reach, and gives the focus back', async () => {
    const watched = await openPage(browser);
    const { page } = watched;
    await page.goto(`${shop.url}/app?who=sheets`);
    await watched.settled();
    await page.getByRole('button', { name: '更多' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: '更多' });
    await dialog.waitFor();
    expect(await focused(page)).toMatch(/^sheet: /);
    expect(await page.locator('#pages[inert], #tabs[inert], #capsule[inert]').count()).toBe(3);
    expect(await problemsOf(watched, 'app-sheet')).toEqual([]);
    await dialog.getByRole('button', { name: '取消' }).press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    expect(await focused(page)).toBe('capsule: 更多');
    await watched.context.close();
  });

  test('the settings change the phone at once, and stand in the address', async () => {
    const watched = await openPage(browser);
    const { page } = watched;
    await page.goto(`${shop.url}/app?who=settings`);
    await watched.settled();
    await page.locator('#network').selectOption('off');
    await page.locator('#pages').getByText('网络').first().waitFor();
    await page.getByLabel('深色模式').check();
    await page.locator('#phone.phone-dark').waitFor();
    await page.locator('#payment').selectOption('cancel');
    expect(new URL(page.url()).search).toBe('?who=settings&network=off&payment=cancel&dark=1');
    await page.reload();
    await page.locator('#phone.phone-dark').waitFor();
    expect(await page.locator('#network').inputValue()).toBe('off');
    await watched.context.close();
  });

  test('a share is opened by somebody else at the page that it names', async () => {
    const watched = await openPage(browser);
    const { page } = watched;
    await page.goto(`${shop.url}/app?who=sharer`);
    await page.getByRole('tab', { name: '课程' }).click();
    await watched.settled();
    await page.locator('.f-layer:not([inert])').getByRole('link').first().click();
    await page.getByRole('button', { name: '立即购买' }).waitFor();
    const title = await page.locator('.f-layer:not([inert]) h1').textContent();
    await page.getByRole('button', { name: '更多' }).click();
    await page.getByRole('button', { name: '发送给朋友' }).click();
    await page.getByLabel('由谁打开转发').fill('friend');
    await page.getByRole('button', { name: '由此人打开' }).click();
    await page.waitForURL(/who=friend/);
    await page.getByRole('button', { name: '立即购买' }).waitFor();
    expect(await page.locator('.f-layer:not([inert]) h1').textContent()).toBe(title);
    await page.getByRole('button', { name: '回到首页' }).click();
    await page.getByRole('tab', { name: '首页', selected: true }).waitFor();
    expect(watched.faults).toEqual([]);
    await watched.context.close();
  });
});
