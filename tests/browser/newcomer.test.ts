import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { createClient } from '../../client/client.ts';
import { LOCAL_DIST } from '../../esbuild.config.ts';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { type Running, startNode } from '../load/measure.ts';
import { describeInBrowser, expectSound, openBrowser, openPage, SCHEMES } from './support/browser.ts';

/** What the start page shows of somebody. */
const shownOf = async (page: Page, userName: string, name: string) => {
  const card = page.locator(`[data-user="${userName}"]`);
  return ((await card.locator(name).textContent()) ?? '').replace(/\s/g, '');
};

describeInBrowser('somebody who has just started the shop', () => {
  let browser: Browser;
  let running: Running;
  let url: string;
  const folder = mkdtempSync(join(tmpdir(), 'zhike-newcomer-'));
  beforeAll(async () => {
    const env = { DATA_DIR: folder, PORT: '0', LOG: 'off', STAFF: 'on' };
    [running, browser] = await Promise.all([
      startNode(join(LOCAL_DIST, 'start.mjs'), env, ['Logins']),
      openBrowser(),
    ]);
    url = running.lines.API ?? '';
  });
  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const looks = (['desk', 'phone'] as const).flatMap((screen) =>
    SCHEMES.map((scheme) => [screen, scheme] as const),
  );
  test.each(looks)('finds the logins: %s, %s', async (screen, scheme) => {
    const watched = await openPage(browser, { screen, scheme });
    const { page } = watched;
    await page.goto(running.lines.Logins ?? '');
    await page
      .getByText(/^还有 \d+ 秒$/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: '显示李明远的密码' }).click();
    await page.getByRole('button', { name: '显示李明远的密码', pressed: true }).waitFor();
    expect(await shownOf(page, 'li.mingyuan', '.password')).toMatch(/^[a-z2-7-]{19}$/);
    expect(await shownOf(page, 'chen.jing', '.password')).toBe('••••••••');
    await expectSound(watched, `start-staff-${screen}-${scheme}`);
    await watched.context.close();
  });

  test('finds people talking, and something to read', async () => {
    const anybody = createClient({ baseUrl: url, token: () => null });
    const { items } = await anybody.listComments({ threadId: `product:${seedCourseId(20)}` });
    expect(items.map(({ stars, replies }) => [stars, replies])).toEqual([
      [5, 0],
      [4, 1],
      [5, 0],
    ]);
    expect((await anybody.listArticles({})).items).toHaveLength(3);
  });

  test('comes into the console with what is shown, and again after a day', async () => {
    const watched = await openPage(browser);
    const { page } = watched;
    for (const userName of ['li.mingyuan', 'chen.jing']) {
      await page.goto(url);
      await page.getByRole('button', { name: '把时钟拨快一天' }).click();
      await page.getByText('时钟拨快了一天').waitFor();
      const card = page.locator(`[data-user="${userName}"]`);
      await card.getByRole('button', { name: /^显示/ }).click();
      const password = await shownOf(page, userName, '.password');
      const code = await shownOf(page, userName, '.code');
      const [console] = await Promise.all([
        watched.context.waitForEvent('page'),
        page.getByRole('link', { name: '打开管理后台 ↗' }).click(),
      ]);
      await console.getByLabel('用户名').fill(userName);
      await console.getByLabel('密码').fill(password);
      await console.getByRole('button', { name: '登录' }).click();
      await console.getByLabel('验证码或恢复码').fill(code);
      await console.getByRole('button', { name: '登录' }).click();
      await console.getByRole('heading', { name: '今日', exact: true }).waitFor();
      await console.close();
    }
    expect(watched.faults).toEqual([]);
    await watched.context.close();
  });
});
