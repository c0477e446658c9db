/** The queue of what people wrote, in a browser: each kind of matter in both themes, decided by keys alone. */
import type { Browser, Page } from 'playwright-core';
import { makeId } from '../../client/id.ts';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import type { Client } from '../load/buyer.ts';
import { seeded } from '../support/seeded.ts';
import { describeInBrowser, expectSound, openBrowser, problemsOf, type Watched } from './support/browser.ts';
import { enter } from './support/console.ts';
import { openShop, type Shop } from './support/shop.ts';
import { logInStaff } from './support/staffClient.ts';

/** A second is a minute, so that a comment can still be edited after its check. */
const CLOCK_FACTOR = 60;
const THREAD = `product:${seedCourseId(20)}` as never;
const random = seeded(47);
const newId = (prefix: Parameters<typeof makeId>[0]) =>
  makeId(prefix, Date.UTC(2026, 10, 30), random) as never;

/** The smallest picture: one grey point. */
const POINT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNsAAAAggCB6W3qPwAAAABJRU5ErkJggg==',
  'base64',
);

/** A second of silence as WAV: 8,000 samples of a byte. */
function silence(): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF');
  head.writeUInt32LE(36 + 8_000, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(8_000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(8_000, 40);
  return Buffer.concat([head, Buffer.alloc(8_000, 128)]);
}

const DOUBTFUL = '第三章的例子存疑：作者是不是把平均数和中位数弄反了？\n我对照着课本算了两遍，都对不上。';
const LURING = '想一起练习的加我微信 zhike_2026，每天早上打卡。';
const EDITED = '讲得很清楚。补充一点存疑：表二的单位是不是写错了？';

const body = (page: Page) => page.locator('.version .long').first();
const says = (page: Page) => page.locator('.keys [role=status]');

describeInBrowser('the queue of reviews', () => {
  let shop: Shop;
  let browser: Browser;
  let linjia: Client;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(CLOCK_FACTOR), openBrowser()]);
    linjia = await join('linjia');
    await write(linjia, DOUBTFUL, 'queued');
    await write(linjia, LURING, 'queued');
    const id = await write(linjia, '讲得很清楚。', 'public');
    await linjia.updateComment({ id, body: EDITED, stars: null });
    await becomes(linjia, id, 'queued');
    await flagTopic();
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  async function join(name: string): Promise<Client> {
    const client = await shop.logIn(name);
    const { version } = await client.getLegalText({ kind: 'community' });
    await client.giveConsent({ kind: 'community', version, page: 'talk/comments', appVersion: '1.0.0' });
    return client;
  }

  const becomes = (client: Client, id: string, state: string) =>
    shop.until(
      async () => (await client.listMyComments({})).items.find((one) => one.id === id)?.state,
      (found) => found === state,
    );

  /** Writes a comment, and waits until its review has come to this state. */
  async function write(client: Client, text: string, state: string): Promise<never> {
    const id = newId('cmt');
    await client.createComment({ id, threadId: THREAD, parentId: null, body: text, stars: null });
    await becomes(client, id, state);
    return id;
  }

  /** A teacher's topic with a picture, which the two assistants of the group flag. */
  async function flagTopic(): Promise<void> {
    const [zhou, he, qian] = await Promise.all([join('zhou'), join('he'), join('qian')]);
    const [teacher, ...assistants] = await Promise.all(
      [zhou, he, qian].map(async (one) => (await one.getMe()).id),
    );
    const editor = await logInStaff(shop, 'editor');
    const id = newId('grp');
    const { group } = await editor.createGroup({
      ...{ id, kind: 'open', productId: null, title: '晨读小组', intro: '每天一页。', coverUrl: null },
      ...{ teachers: teacher === undefined ? [] : [teacher], assistants },
    });
    await editor.publishGroup({ id, expectedVersion: group.version });
    const uploadId = newId('upl');
    const { upload } = await zhou.requestUpload({
      id: uploadId,
      contentType: 'image/png',
      bytes: POINT.length,
    });
    const { status } = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: POINT });
    expect(status).toBeLessThan(300);
    const topic = newId('top');
    const words = { title: '第一周的板书', body: '拍得不太清楚，先将就看。' };
    await zhou.createTopic({ ...words, images: [uploadId], id: topic, groupId: id, kind: 'talk' });
    await shop.until(
      async () => (await zhou.listMyTopics({})).items.find((one) => one.id === topic)?.state,
      (found) => found === 'public',
    );
    await he.flagContent({ target: `topic:${topic}`, reason: 'private' });
    await qian.flagContent({ target: `topic:${topic}`, reason: 'false' });
  }

  /** Gives the first matter a sound, which no kind of writing has yet. */
  async function giveSound({ page }: Watched): Promise<void> {
    const contentType = 'audio/wav';
    await page.route('**/sound.wav', (route) => route.fulfill({ body: silence(), contentType }));
    await page.route('**/api/admin/reviews?kind=content_flagged*', async (route) => {
      const json = await (await route.fetch()).json();
      json.data.items[0].written.newest.audioUrl = `${shop.url}/sound.wav`;
      await route.fulfill({ json });
    });
  }

  test.each([
    ['desk', 'light'],
    ['desk', 'dark'],
    ['phone', 'dark'],
    ['enlarged', 'light'],
  ] as const)(
    'each kind of matter has no barrier and no width of its own: %s, %s',
    async (screen, scheme) => {
      const watched = await enter(browser, shop, 'support', { screen, scheme, path: '/reviews' });
      const { page } = watched;
      const look = (name: string) => problemsOf(watched, `reviews-${name}-${screen}-${scheme}`);
      const problems = await look('waiting');
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.getByRole('heading', { name: '现在公开的一版' }).waitFor();
      problems.push(...(await look('edited')));
      await page.keyboard.press('r');
      await page.getByLabel('拒绝的理由').waitFor();
      problems.push(...(await look('why')));
      await giveSound(watched);
      await page.getByRole('button', { name: '被举报' }).click();
      await page.getByRole('img', { name: '附图 1' }).waitFor();
      await page.waitForFunction(() => (document.querySelector('audio')?.duration ?? 0) === 1);
      await page.getByText(/^被 2 人举报，已自动隐藏：(?=.*泄露隐私 1 人).*不实信息 1 人/).waitFor();
      await watched.settled();
      problems.push(...(await look('flagged')));
      await page.getByRole('button', { name: '申诉' }).click();
      await page.getByText('没有等待处理的申诉。').waitFor();
      problems.push(...(await look('empty')));
      await watched.context.close();
      expect(problems).toEqual([]);
    },
  );

  test('matters are decided by keys alone, one after the other, and an appeal by somebody else', async () => {
    const support = await enter(browser, shop, 'support', { path: '/reviews' });
    const { page } = support;
    const why = page.getByLabel('拒绝的理由');
    await body(page).getByText('第三章的例子').waitFor();
    await page.keyboard.press('a');
    await says(page).getByText('已通过。第 1 条，本页 2 条').waitFor();
    await body(page).getByText('想一起练习的').waitFor();
    // Only what is open is offered: this version waits, and nobody sees another one.
    expect(await page.locator('.decision button').allTextContents()).toEqual(['通过a', '拒绝r']);
    await page.keyboard.press('r');
    await why.waitFor();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === '内容');
    await page.keyboard.press('r');
    await why.waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('请选择或写明理由。').waitFor();
    await page.keyboard.press('1');
    await says(page).getByText('已拒绝。第 1 条，本页 1 条').waitFor();
    await body(page).getByText(EDITED).waitFor();
    await page.keyboard.press('r');
    await why.fill('与已发布的一版矛盾');
    await page.keyboard.press('Enter');
    await page.getByText('待审的内容都处理完了。').waitFor();

    const { items } = await linjia.listMyComments({});
    const [lured] = items.filter(({ state }) => state === 'removed');
    expect(items.map(({ body: text, state }) => [text, state])).toEqual(
      expect.arrayContaining([
        [DOUBTFUL, 'public'],
        [LURING, 'removed'],
        [EDITED, 'rejected'],
      ]),
    );
    await linjia.appealReview({ target: `comment:${lured?.id}`, words: '只是想找人一起学。' });
    await page.getByRole('button', { name: '申诉' }).click();
    await page.getByText('先前由 support.li').waitFor();
    await page.getByText('这是您作出的决定，申诉由其他同事处理。').waitFor();
    expect(await page.locator('.decision button').count()).toBe(0);
    await support.settled();
    await expectSound(support, 'reviews-own-appeal');
    await support.context.close();

    const admin = await enter(browser, shop, 'admin', { path: '/reviews?kind=appeal', scheme: 'dark' });
    await admin.page.getByText('理由：广告或引流').waitFor();
    await expectSound(admin, 'reviews-appeal');
    await admin.page.getByRole('link', { name: '公开过 2 条，被下架 1 条' }).click();
    await admin.page.getByLabel(/^为什么查看用户/).fill('处理申诉');
    await admin.page.keyboard.press('Enter');
    await admin.page.getByText('广告或引流').waitFor();
    await admin.settled();
    await expectSound(admin, 'reviews-writer');
    await admin.page.goBack();
    await admin.page.getByText('理由：广告或引流').waitFor();
    await admin.page.keyboard.press('a');
    await admin.page.getByText('没有等待处理的申诉。').waitFor();
    await becomes(linjia, lured?.id ?? '', 'public');
    await admin.context.close();
  });
});
