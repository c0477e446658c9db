import type { Browser } from 'playwright-core';
import { makeId } from '../../client/id.ts';
import { seedProductId } from '../../local/seed/products.ts';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { buyRoutes, routes, studyRoutes } from '../../miniprogram/model/routes.ts';
import type { Client } from '../load/buyer.ts';
import { seeded } from '../support/seeded.ts';
import { describeInBrowser, openBrowser, openPage, problemsOf, SCHEMES } from './support/browser.ts';
import { smallTargets } from './support/phoneScreen.ts';
import { openShop, type Shop } from './support/shop.ts';

/** Free, with a quiz in its last lesson. */
const FREE = seedCourseId(20);
/** The answers to its quiz. */
const ANSWERS = [[1], [0, 1, 3], [0]];
/** ¥59. */
const SMALL_COURSE = seedCourseId(16);
/** An e-book. */
const BOOK = seedProductId(4);

const LESSON_MS = 20 * 60_000;
const CELL_SECONDS = 5;
const random = seeded(29);

describeInBrowser('each page of learning, of paying and of a gift', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(1), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  const owns = (client: Client, productId: string) =>
    shop.until(
      () => client.getLibrary(),
      ({ items }) => items.some(({ id }) => id === productId),
    );

  async function buy(client: Client, who: string, productId: string, gifts?: number): Promise<void> {
    const line = gifts === undefined ? { productId } : { productId, gifts };
    const { id } = await shop.place(client, [line]);
    await shop.pay(client, who, id);
  }

  /** Plays every lesson, passes the quiz, and writes a note. Answers the lessons. */
  async function learn(client: Client): Promise<readonly string[]> {
    await shop.place(client, [{ productId: FREE }]);
    await owns(client, FREE);
    const { chapters } = await client.getCourse({ id: FREE });
    const lessons = chapters.flatMap((chapter) => chapter.lessons);
    for (const { id, durationSeconds } of lessons) {
      await client.getLesson({ id });
      await shop.post('/control/clock', { ms: LESSON_MS });
      const cells = Math.ceil(durationSeconds / CELL_SECONDS);
      const seen = cells === 0 ? [] : [[0, cells] as const];
      await client.reportProgress({ id, seen, positionSeconds: 0, playedAgoMs: 0, isAtEnd: true });
    }
    const last = lessons.at(-1)?.id ?? '';
    const { version, nextNumber } = await client.getQuiz({ id: last });
    await client.tryQuiz({ id: last, number: nextNumber, version, answers: ANSWERS });
    const note = { lessonId: lessons[0]?.id ?? '', second: 30, text: '合上书，再想一遍' };
    await client.createNote({ id: makeId('nte', Date.UTC(2026, 10, 30), random), ...note });
    return lessons.map(({ id }) => id);
  }

  test.each(SCHEMES)('has no barrier and nothing too small to be tapped: %s', async (scheme) => {
    const who = `student${scheme}`;
    const client = await shop.logIn(who);
    const lessons = await learn(client);
    await buy(client, who, BOOK);
    await owns(client, BOOK);
    const watched = await openPage(browser, { screen: 'phone', scheme });
    const problems: string[] = [];
    const look = async (name: string, path: string) => {
      const search = new URLSearchParams({ who, path, ...(scheme === 'dark' && { dark: '1' }) });
      await watched.page.goto(`${shop.url}/app?${search}`);
      await watched.settled();
      const small = await smallTargets(watched.page);
      problems.push(
        ...(await problemsOf(watched, `${name}-${scheme}`)),
        ...small.map((target) => `${name}: ${target}`),
      );
    };
    await look('study-player', studyRoutes.player(FREE, lessons[0]));
    await look('study-quiz', studyRoutes.quiz(FREE, lessons.at(-1) ?? ''));
    await look('study-notes', studyRoutes.notes(lessons[0] ?? '', 12));
    await look('study-reader', studyRoutes.content(BOOK));
    await look('study-claims', studyRoutes.certificate(FREE));
    await look('study-none', studyRoutes.certificates);
    await client.claimCertificate({ id: FREE, name: '违规' });
    await client.updateProfile({ nickname: '违规' });
    const profileOf = () => client.getProfile();
    await shop.until(profileOf, ({ profile }) => profile.review?.state === 'rejected');
    const certificates = () => client.listCertificates();
    await shop.until(certificates, ({ items }) => items[0]?.review.state === 'rejected');
    await look('study-refused', studyRoutes.certificate(FREE));
    await look('profile-refused', '/own/profile/profile');
    const { certificate } = await client.claimCertificate({ id: FREE, name: '林小满' });
    await shop.until(certificates, ({ items }) => items[0]?.review.state === 'public');
    await look('study-certificate', studyRoutes.certificate(FREE));
    await look('study-verified', studyRoutes.verified(certificate.number));
    await look('study-certificates', studyRoutes.certificates);
    await look('inbox', routes.inbox);
    await look('me-unread', routes.me);
    const { id } = await shop.place(client, [{ productId: SMALL_COURSE }]);
    await look('pay-kept', buyRoutes.pay(id, 'cancelled'));
    await client.cancelOrder({ orderId: id });
    await look('pay-closed', buyRoutes.pay(id));
    expect(problems).toEqual([]);
    await watched.context.close();
  });

  test.each(SCHEMES)('a gift that is claimed: %s', async (scheme) => {
    const giver = await shop.logIn(`giver${scheme}`);
    await buy(giver, `giver${scheme}`, BOOK, 2);
    const { items } = await shop.until(
      () => giver.listGifts(),
      (answer) => answer.items.length === 1,
    );
    const watched = await openPage(browser, { screen: 'phone', scheme });
    const { page } = watched;
    const path = buyRoutes.claim(items[0]?.token ?? '');
    const search = new URLSearchParams({
      ...{ who: `friend${scheme}`, path },
      ...(scheme === 'dark' && { dark: '1' }),
    });
    await page.goto(`${shop.url}/app?${search}`);
    await watched.settled();
    const problems = [...(await problemsOf(watched, `claim-${scheme}`)), ...(await smallTargets(page))];
    await page.locator('#pages').getByRole('button', { name: '领取礼物' }).click();
    await page.locator('#pages').getByText('已领取').first().waitFor();
    await watched.settled();
    problems.push(...(await problemsOf(watched, `claimed-${scheme}`)), ...(await smallTargets(page)));
    expect(problems).toEqual([]);
    await watched.context.close();
  });
});

describeInBrowser('what is needed to judge a picture', () => {
  test('trap 29: Chinese characters are drawn, and are no boxes', async () => {
    const browser = await openBrowser();
    const { page, context } = await openPage(browser);
    const drawn = await page.evaluate(() =>
      // The last is no character of any font.
      ['知', '课', '\u{10FFFE}'].map((character) => {
        const canvas = document.createElement('canvas');
        const pen = canvas.getContext('2d');
        if (pen === null) throw new Error('nothing to draw with');
        pen.font = '64px sans-serif';
        pen.fillText(character, 8, 80);
        return canvas.toDataURL();
      }),
    );
    expect(new Set(drawn).size).toBe(3);
    await context.close();
    await browser.close();
  });
});
