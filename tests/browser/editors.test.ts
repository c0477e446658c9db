import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, expectSound, openBrowser, problemsOf, type Watched } from './support/browser.ts';
import { enter } from './support/console.ts';
import { openShop, type Shop } from './support/shop.ts';

/** A course of the seeded catalogue. */
const COURSE = 'prd_01JCSEED000000000000000003';

const PAGES = [
  ['product-kinds', '/products/new'],
  ['product-new', '/products/new?kind=media'],
  ['membership-new', '/products/new?kind=membership'],
  ['product-edit', `/products/${COURSE}/edit`],
  ['bundle-edit', '/products/prd_01JCSEED000000000000000108/edit'],
  ['outline', `/products/${COURSE}/outline`],
  ['learners', `/products/${COURSE}/learners`],
  ['coupon-new', '/coupons/new'],
  ['campaign-new', '/campaigns/new'],
  ['flash-sale-new', '/flash-sales/new'],
] as const;

async function open({ page, settled }: Watched, shop: Shop, path: string): Promise<void> {
  await page.goto(`${shop.url}/console${path}`);
  await settled();
}

/** A video of 61 seconds, as far as its header tells. */
function video(): Buffer {
  const box = (name: string, inside: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + inside.length);
    head.write(name, 4);
    return Buffer.concat([head, inside]);
  };
  const header = Buffer.alloc(100);
  header.writeUInt32BE(1000, 12);
  header.writeUInt32BE(61_000, 16);
  const brand = box('ftyp', Buffer.from('isom\0\0\0\0isom', 'latin1'));
  return Buffer.concat([brand, box('moov', box('mvhd', header)), box('mdat', Buffer.alloc(2000))]);
}

const titlesIn = (page: Page) => page.locator('.lesson .title > span:first-child').allTextContents();

describeInBrowser('the editors of the console', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  test.each([
    ['desk', 'light'],
    ['desk', 'dark'],
    ['phone', 'light'],
    ['phone', 'dark'],
    ['enlarged', 'light'],
  ] as const)(
    'each has no barrier, a silent policy and no width of its own: %s, %s',
    async (screen, scheme) => {
      const watched = await enter(browser, shop, 'admin', { screen, scheme });
      const problems: string[] = [];
      for (const [name, path] of PAGES) {
        await open(watched, shop, path);
        problems.push(...(await problemsOf(watched, `editor-${name}-${screen}-${scheme}`)));
      }
      await watched.page.goto(`${shop.url}/console/products/${COURSE}/outline`);
      await watched.page.getByRole('link', { name: '编辑', exact: true }).first().click();
      await watched.page.getByLabel('正文').waitFor();
      await watched.settled();
      problems.push(...(await problemsOf(watched, `editor-lesson-${screen}-${scheme}`)));
      await watched.context.close();
      expect(problems).toEqual([]);
    },
  );

  test('a lesson is moved by keys alone, stays in focus, and comes back when the changes are thrown away', async () => {
    const watched = await enter(browser, shop, 'editor', { path: `/products/${COURSE}/outline` });
    const { page } = watched;
    const before = await titlesIn(page);
    const handle = page.getByRole('button', { name: `移动 ${before[0]}` });
    await handle.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('status').getByText(`${before[0]} 已下移。`).waitFor();
    await watched.settled();
    const [first = '', second = '', ...rest] = before;
    expect(await titlesIn(page)).toEqual([second, first, ...rest]);
    expect(await handle.evaluate((own) => own === document.activeElement)).toBe(true);
    await page.getByRole('button', { name: '放弃改动' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '放弃改动' }).click();
    await page.getByText('与学员看到的一致').waitFor();
    expect(await titlesIn(page)).toEqual(before);
    await watched.context.close();
  });

  test('a campaign says what is wrong, is tried on a cart, saved, and published with a reason', async () => {
    const watched = await enter(browser, shop, 'finance', { path: '/campaigns/new' });
    const { page } = watched;
    await page.getByLabel('名称').fill('开学季');
    await page.getByLabel('开始时间').fill('2020-01-01T00:00');
    await page.getByLabel('结束时间').fill('2099-01-01T00:00');
    await page.getByLabel('满（元）').fill('20');
    await page.getByLabel('减（元）').fill('30');
    await page.getByRole('button', { name: '保存草稿' }).click();
    await page.getByText('不能超过门槛。').waitFor();
    await expectSound(watched, 'editor-campaign-fault');
    await page.getByLabel('减（元）').fill('5');
    await page.locator('.sums').getByText('-¥5.00').waitFor();
    await expectSound(watched, 'editor-campaign-tried');
    await page.getByRole('button', { name: '保存草稿' }).click();
    await page.waitForURL(/\/campaigns\/cmp_/);
    await watched.settled();
    await page.getByRole('button', { name: '发布', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: '发布' });
    await dialog.getByLabel('原因').fill('开学活动');
    await dialog.getByRole('button', { name: '发布' }).click();
    await page.getByText('已发布').first().waitFor();
    await watched.settled();
    await expectSound(watched, 'editor-campaign-published');
    await watched.context.close();
  });

  test('a file goes straight to the storage, tells its length, and is all that a product still lacks', async () => {
    const watched = await enter(browser, shop, 'editor', { path: '/products/new?kind=media' });
    const { page } = watched;
    await page.getByLabel('名称').fill('一分钟冥想');
    await page.getByLabel('副标题').fill('睡前');
    await page.getByLabel('讲师').fill('李静');
    await page.getByLabel('分类').selectOption({ index: 1 });
    await page.getByLabel('原价').fill('9.9');
    const cover = { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a', 'hex') };
    await page.getByLabel('封面').setInputFiles(cover);
    await page.getByAltText('现在的封面').waitFor();
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await page.waitForURL(/\/products\/prd_\w+\/edit$/);
    await page.getByText('还没有上传文件').waitFor();
    const file = { name: 'a.mp4', mimeType: 'video/mp4', buffer: video() };
    await page.getByLabel('音频或视频').setInputFiles(file);
    await page.getByText('a.mp4（').first().waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll('input')].some((own) => own.value === '61'),
    );
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await page.getByText('需要的内容都有了，可以上架。').waitFor();
    await watched.settled();
    await expectSound(watched, 'editor-product-ready');
    await watched.context.close();
  });
});
