/** An article is written by the keyboard, seen beside it as readers will see it, published, changed and withdrawn. */
import type { Browser, Page } from 'playwright-core';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { describeInBrowser, expectSound, openBrowser, problemsOf } from './support/browser.ts';
import { enter } from './support/console.ts';
import { openShop, type Shop } from './support/shop.ts';
import { logInStaff } from './support/staffClient.ts';

const ARTICLE = 'art_01JD0000000000000000000001' as never;
const BLOCKS = [
  { kind: 'paragraph', text: '多数人从第一页读起，然后在第三十页放下。' },
  { kind: 'heading', text: '三个动作' },
  { kind: 'list', isNumbered: true, items: ['读目录和前言，写下一个问题。', '只读和问题有关的章节。'] },
  { kind: 'quote', text: '书不是用来读完的，是用来回答问题的。' },
  { kind: 'product', productId: seedCourseId(1) as never },
] as const;

/** Types into what has the focus. */
const type = async (page: Page, ...lines: readonly string[]) => {
  for (const [at, line] of lines.entries()) {
    if (at > 0) await page.keyboard.press('Enter');
    await page.keyboard.type(line);
  }
};

const shown = (page: Page) =>
  page
    .locator('.reading > :is(h3, p:not(.hint), blockquote, ul, ol)')
    .evaluateAll((all) => all.map(({ tagName, textContent }) => `${tagName} ${textContent}`));

describeInBrowser('the editor of articles', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
    const editor = await logInStaff(shop, 'editor');
    const about = { title: '怎样读一本书：从目录开始', summary: '目录是作者的地图。', tags: ['方法'] };
    const draft = { ...about, id: ARTICLE, coverUrl: null, isOriginal: true, blocks: BLOCKS };
    await editor.createArticle(draft);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  test.each([
    ['desk', 'light'],
    ['desk', 'dark'],
    ['phone', 'dark'],
    ['enlarged', 'light'],
  ] as const)('has no barrier and no width of its own: %s, %s', async (screen, scheme) => {
    const watched = await enter(browser, shop, 'admin', { screen, scheme, path: '/articles/new' });
    await watched.page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const problems = await problemsOf(watched, `article-new-${screen}-${scheme}`);
    await watched.page.goto(`${shop.url}/console/articles/${ARTICLE}`);
    await watched.page.locator('.reading .card a', { hasText: /[一-龥]/ }).waitFor();
    await watched.settled();
    // At the end of the page nothing lies under the bar of the form.
    await watched.page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    problems.push(...(await problemsOf(watched, `article-edit-${screen}-${scheme}`)));
    await watched.context.close();
    expect(problems).toEqual([]);
  });

  test('is written by keys alone, pasted into, saved, published, changed and withdrawn', async () => {
    const watched = await enter(browser, shop, 'editor', { path: '/articles/new' });
    const { page } = watched;
    await page.getByLabel('名称').fill('三步读书');
    await page.getByLabel('第 1 块，段落').focus();
    await type(page, '先看目录。', '# 三个动作', '- 带着问题', '只读有关的', '', '最后讲给别人听。');
    expect(await shown(page)).toEqual([
      'P 先看目录。',
      'H3 三个动作',
      'UL 带着问题只读有关的',
      'P 最后讲给别人听。',
    ]);
    // It goes up with what has the focus, and an empty one is taken away.
    await page.keyboard.press('Alt+ArrowUp');
    await page.getByRole('status').getByText('段落 已上移。').waitFor();
    expect((await shown(page)).slice(2)).toEqual(['P 最后讲给别人听。', 'UL 带着问题只读有关的']);
    await page.keyboard.press('Enter');
    await page.getByLabel('第 4 块，段落').waitFor();
    await page.keyboard.press('Backspace');
    await page.getByLabel('第 4 块，列表').waitFor();
    // A plain text of several lines becomes several blocks.
    await page.getByLabel('第 3 块，段落').focus();
    await page.evaluate((text) => {
      const data = new DataTransfer();
      data.setData('text/plain', text);
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(event);
    }, '> 书是用来回答问题的。\n\n再读一遍。');
    await page.getByRole('status').getByText('已粘贴为 3 块。').waitFor();
    expect((await shown(page)).slice(2)).toEqual([
      'P 最后讲给别人听。',
      'BLOCKQUOTE 书是用来回答问题的。',
      'P 再读一遍。',
      'UL 带着问题只读有关的',
    ]);
    await page.getByLabel('第 5 块的类型').selectOption('heading');
    await page.getByRole('button', { name: '添加图片' }).click();
    const picture = { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a', 'hex') };
    await page.getByLabel('图片', { exact: true }).setInputFiles(picture);
    await page.getByAltText('现在的封面').waitFor();
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await page.waitForURL(/\/articles\/art_\w+$/);
    await watched.settled();
    await expectSound(watched, 'article-saved');

    await page.getByRole('button', { name: '发布', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: '发布' }).click();
    await page.getByText('已发布').first().waitFor();
    const id = new URL(page.url()).pathname.split('/').at(-1) as never;
    const reader = await shop.logIn('reader');
    const { article } = await reader.getArticle({ id });
    expect(article.blocks.map(({ kind }) => kind)).toEqual([
      ...['paragraph', 'heading', 'paragraph', 'quote', 'heading', 'list', 'image'],
    ]);
    // What was published since is no other text, so it is saved over.
    await page.getByLabel('第 1 块，段落').fill('先看目录，再决定。');
    await page.getByRole('button', { name: '保存，立即生效' }).click();
    await page.getByText('已保存').waitFor();
    const changed = await reader.getArticle({ id });
    expect(changed.article.blocks[0]).toMatchObject({ text: '先看目录，再决定。' });
    // What somebody else wrote meanwhile is not.
    const other = await logInStaff(shop, 'editor');
    const { article: own } = await other.getAnyArticle({ id });
    const { title, summary, coverUrl, tags, isOriginal, blocks, version } = own;
    const theirs = { title: `${title}（修订）`, summary, coverUrl, tags, isOriginal, blocks };
    await other.updateArticle({ id, expectedVersion: version, ...theirs });
    await page.getByLabel('第 1 块，段落').fill('先看目录。');
    await page.getByRole('button', { name: '保存，立即生效' }).click();
    await page.getByRole('alert').getByText('文章已被他人修改').waitFor();
    expect(await page.getByLabel('第 1 块，段落').inputValue()).toBe('先看目录。');
    await page.reload();
    await page.getByRole('button', { name: '撤下' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '撤下' }).click();
    await page.getByText('已撤下').first().waitFor();
    await expect(reader.getArticle({ id })).rejects.toMatchObject({ code: 'article.not_found' });
    await watched.context.close();
  });
});
