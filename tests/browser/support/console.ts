/** Staff at the console, as they see it: fields and buttons by their names. */
import type { Browser } from 'playwright-core';
import { openPage, type Watched } from './browser.ts';
import type { Shop, StaffRole } from './shop.ts';

/** Logs in by name, password and a code, in a page of its own. Ends where `path` of the console is shown. */
export async function enter(
  browser: Browser,
  shop: Shop,
  role: StaffRole,
  { path = '/', ...looks }: { readonly path?: string } & NonNullable<Parameters<typeof openPage>[1]> = {},
): Promise<Watched> {
  const watched = await openPage(browser, looks);
  const { page } = watched;
  const { userName, password, code } = shop.staff[role];
  await page.goto(`${shop.url}/console${path}`);
  await page.getByLabel('用户名').fill(userName);
  await page.getByLabel('密码').fill(password);
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByLabel('验证码或恢复码').fill(await code());
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByRole('button', { name: '登录' }).waitFor({ state: 'detached' });
  await watched.settled();
  return watched;
}
