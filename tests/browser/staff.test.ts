import type { Browser, Page } from 'playwright-core';
import { oneTimeCode, STEP_MS } from '../../local/authenticator.ts';
import { describeInBrowser, expectSound, openBrowser, openPage } from './support/browser.ts';
import { enter } from './support/console.ts';
import { openShop, type Shop } from './support/shop.ts';

const NEW = { userName: 'newcomer', password: 'seven wet otters sing', nickname: '新同事' };

/** Finds somebody by name and opens their page, with the reason that is asked for once. */
async function openUser(page: Page, nickname: string): Promise<void> {
  await page.getByRole('link', { name: '用户', exact: true }).click();
  await page.getByLabel('昵称、用户名或编号').fill(nickname);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: nickname }).click();
  await page.getByLabel(/^为什么查看用户/).fill('核对资料');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: nickname }).waitFor();
}

/** Turns to the points of the person who is open. */
async function openPoints(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: '用户资料' }).getByText('积分').click();
  await page.getByRole('heading', { name: '积分' }).waitFor();
}

/** Fills in the dialog of an action and sends it. */
async function send(page: Page, title: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const dialog = page.getByRole('dialog', { name: title });
  for (const [label, text] of Object.entries(fields)) await dialog.getByLabel(label).first().fill(text);
  await dialog.getByRole('button', { name: title }).click();
}

describeInBrowser('staff', () => {
  let shop: Shop;
  let browser: Browser;
  /** What others see of the newcomer, whose own choice has not passed its check. */
  let nickname: string;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
    const body = JSON.stringify(NEW);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${shop.url}/api/register`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    ({ nickname } = (await answer.json()).data.user);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  test('somebody is appointed, sets up a second factor, and comes to the address that was asked for', async () => {
    const admin = await enter(browser, shop, 'admin');
    await openUser(admin.page, nickname);
    await admin.page.getByRole('button', { name: '设置角色' }).click();
    await admin.page.getByRole('dialog').getByLabel('角色').selectOption('support');
    await send(admin.page, '设置角色', { 原因: '新同事入职' });
    const told = admin.page.getByRole('dialog', { name: '设置码' });
    const enrolmentCode = (await told.locator('pre').textContent()) ?? '';
    await admin.context.close();

    const own = await openPage(browser);
    const { page } = own;
    await page.goto(`${shop.url}/console/orders?state=paid`);
    await page.getByLabel('用户名').fill(NEW.userName);
    await page.getByLabel('密码').fill(NEW.password);
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByLabel('设置码').fill(enrolmentCode);
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByRole('img', { name: '用验证器应用扫描' }).waitFor();
    await expectSound(own, 'console-enrol');
    const key = ((await page.locator('pre').textContent()) ?? '').replace(/\s/g, '');
    const { nowMs } = (await shop.post('/control/clock', { ms: STEP_MS })) as { nowMs: number };
    await page.getByLabel('应用显示的 6 位数字').fill(oneTimeCode(`otpauth://totp/x?secret=${key}`, nowMs));
    await page.getByRole('button', { name: '开启双重验证' }).click();
    await page.getByRole('button', { name: '已保存，继续' }).waitFor();
    await expectSound(own, 'console-recovery-codes');
    await page.getByRole('button', { name: '已保存，继续' }).click();
    await page.getByRole('heading', { name: '订单' }).waitFor();
    expect(page.url()).toBe(`${shop.url}/console/orders?state=paid`);
    await own.context.close();
  });

  test('more than one person may give waits for another, and is then done as it was asked for', async () => {
    const finance = await enter(browser, shop, 'finance');
    await openUser(finance.page, nickname);
    await openPoints(finance.page);
    const adjust = finance.page.getByRole('button', { name: '调整积分' });
    await adjust.first().click();
    await send(finance.page, '调整积分', { 变动: '99999', 原因: '活动补偿' });
    await finance.page.getByRole('cell', { name: '客服调整' }).waitFor();
    await adjust.first().click();
    await send(finance.page, '调整积分', { 变动: '500', 原因: '再补一点' });
    const dialog = finance.page.getByRole('dialog', { name: '调整积分' });
    await dialog.getByRole('alert').getByText('需要另一位同事批准').waitFor();
    // What was typed is still there.
    expect(await dialog.getByLabel('变动').inputValue()).toBe('500');
    await expectSound(finance, 'console-second-person');
    await dialog.getByRole('button', { name: '取消' }).click();

    const admin = await enter(browser, shop, 'admin');
    await admin.page.getByRole('button', { name: '同意', exact: true }).click();
    await send(admin.page, '同意', { 原因: '情况属实' });
    await admin.page.getByRole('dialog').waitFor({ state: 'detached' });
    await admin.context.close();

    await finance.page.getByRole('link', { name: '今日', exact: true }).click();
    await finance.page.getByText('调整积分，积分 500').waitFor();
    await finance.page.getByRole('button', { name: '执行' }).click();
    await finance.page.getByText('调整积分，积分 500').waitFor({ state: 'detached' });
    await openUserAgain(finance.page, nickname);
    await openPoints(finance.page);
    await finance.page.getByRole('cell', { name: '100,499' }).waitFor();
    await finance.context.close();
  });
});

/** The reason was given in this tab, so it is not asked for again. */
async function openUserAgain(page: Page, nickname: string): Promise<void> {
  await page.getByRole('link', { name: '用户', exact: true }).click();
  await page.getByLabel('昵称、用户名或编号').fill(nickname);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: nickname }).click();
  await page.getByRole('heading', { name: nickname }).waitFor();
}
