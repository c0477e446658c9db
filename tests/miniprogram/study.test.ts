import { makeId } from '../../client/id.ts';
import type { CourseDraft, OutlineLesson, ProductId, ProductKind } from '../../client/types.ts';
import type { Received } from '../../local/phone/host.ts';
import { studyRoutes } from '../../miniprogram/model/routes.ts';
import { seeded } from '../support/seeded.ts';
import { type Opening, type Person, type Shop, startShop } from './support/shop.ts';

let shop: Shop;
interface Made {
  readonly id: ProductId;
  readonly lessons: readonly OutlineLesson[];
}
let mixed: Made;
let short: Made;
beforeAll(async () => {
  shop = await startShop();
  mixed = await publishMixed();
  short = await publishShort();
});
afterAll(() => shop.stop());

const random = seeded(7);
const NOW_MS = Date.UTC(2026, 10, 30, 2);
const newId = (prefix: 'prd' | 'agr') => makeId(prefix, NOW_MS, random);

let people = 0;
function somebodyNew(): string {
  people += 1;
  return `student${people}`;
}

const FILM_SECONDS = 840;
const SOUND_SECONDS = 600;

const open = (how: Opening = {}) =>
  shop.open(somebodyNew(), {
    lengthOf: (src) => (src.includes('.mp3') ? SOUND_SECONDS : FILM_SECONDS),
    ...how,
  });

/** A course with a film, a text, a sound and another film, of which the first is a trial. */
async function publishMixed(): Promise<Made> {
  const body = [
    '# 记账',
    ...Array.from({ length: 60 }, (_, at) => `第 ${at + 1} 段，**写下来**才算数。`),
  ].join('\n\n');
  const film = { body: '', mediaKey: 'courses/mixed/1.mp4', durationSeconds: FILM_SECONDS, isTrial: false };
  const course: CourseDraft = {
    ...{
      id: newId('prd'),
      title: '一门什么都有的课',
      subtitle: '看、读、听',
      summary: '三种课。',
      category: 'writing',
    },
    ...{
      tags: [],
      teacher: '梁静秋',
      coverUrl: 'https://static.zhike.example/covers/mixed.jpg',
      listFen: 9_900,
    },
    access: { kind: 'forever' },
    chapters: [
      {
        title: '第一章',
        lessons: [
          { ...film, title: '看：从一张表开始', isTrial: true },
          { title: '读：怎么记账', body, mediaKey: null, durationSeconds: 0, isTrial: false },
        ],
      },
      {
        title: '第二章',
        lessons: [
          { ...film, title: '听：三个故事', mediaKey: 'audio/mixed.mp3', durationSeconds: SOUND_SECONDS },
          { ...film, title: '看：收尾', mediaKey: 'courses/mixed/2.mp4' },
        ],
      },
    ],
  };
  return publish(course);
}

async function publish(course: CourseDraft): Promise<Made> {
  const { course: made } = await shop.staff.createCourse({ course });
  await shop.staff.publishCourse({ id: made.id, expectedVersion: made.version, reason: '上架' });
  return { id: made.id, lessons: made.chapters.flatMap(({ lessons }) => lessons) };
}

const SHORT_SECONDS = 60;

/** A course of a minute and a page, at whose end is a quiz. */
async function publishShort(): Promise<Made> {
  const made = await publish({
    ...{ id: newId('prd'), title: '一分钟的课', subtitle: '', summary: '', category: 'writing', tags: [] },
    ...{ teacher: '梁静秋', coverUrl: 'https://static.zhike.example/covers/short.jpg', listFen: 9_900 },
    access: { kind: 'forever' },
    chapters: [
      {
        title: '全部',
        lessons: [
          {
            title: '看',
            body: '',
            mediaKey: 'courses/short/1.mp4',
            durationSeconds: SHORT_SECONDS,
            isTrial: false,
          },
          { title: '读', body: '读完它只要几秒。', mediaKey: null, durationSeconds: 0, isTrial: false },
        ],
      },
    ],
  });
  await shop.staff.putQuiz({
    ...{ id: made.id, lessonId: made.lessons[1]?.id ?? '' },
    expectedVersion: 0,
    questions: [
      { kind: 'one', question: '要多久？', options: ['几秒', '几年'], key: [0] },
      { kind: 'several', question: '有哪些？', options: ['看', '读', '听'], key: [0, 1] },
    ],
  });
  return made;
}

async function logIn({ phone }: Person): Promise<void> {
  await phone.tab('我的');
  await phone.tap('登录');
  await phone.tap({ role: 'checkbox' });
  await phone.tap('微信一键登录');
}

async function give({ client }: Person, productId: ProductId): Promise<void> {
  await shop.staff.grantAccessTo({
    ...{ grantId: newId('agr'), userId: (await client.getMe()).id, productId },
    ...{ access: { kind: 'forever' }, reason: '测试赠送' },
  });
}

/** Somebody who owns a product. */
async function owner(productId: ProductId, how: Opening = {}): Promise<Person> {
  const person = await open(how);
  await logIn(person);
  await give(person, productId);
  return person;
}

async function productOf(kind: ProductKind, words: string): Promise<ProductId> {
  const { items } = await shop.staff.listAllProducts({ kind });
  const found = items.find(({ title }) => title.includes(words));
  if (found === undefined) throw new Error(`no ${kind} with ${words}`);
  return found.id;
}

const lessonAt = (at: number) => mixed.lessons[at]?.id ?? '';
const pathTo = (at: number) => studyRoutes.player(mixed.id, lessonAt(at));
const viewOf = ({ phone }: Person) => phone.page.instance.data as Record<string, unknown>;
const seen = (person: Person, what: string) => viewOf(person)[what];
const openings = (person: Person) =>
  person.phone.phone.engine.counts.requests.filter((one) => one.includes('/api/lessons/')).length;
const film = (title: string) => ({ tag: 'video', name: title });
const FIRST = '看：从一张表开始';
const lastSound = ({ phone }: Person) => phone.phone.sound;

/** Taps the first card, which is that of the course to go on with. */
async function tapCard({ phone }: Person): Promise<void> {
  const [card] = phone.all({ class: 'card' });
  if (card === undefined) throw new Error(`no card: ${phone.text}`);
  await phone.tap(card);
}

const refusal = (code: string, message: string, status: number): Received => ({
  status,
  headers: {},
  body: JSON.stringify({ requestId: 'req_0000', error: { code, message, params: {} } }),
});

describe('a film', () => {
  test('of a trial lesson plays for everybody, and is found again where it was left', async () => {
    const memories = new Map();
    const who = somebodyNew();
    const person = await shop.open(who, { memories, lengthOf: () => FILM_SECONDS, path: pathTo(0) });
    const { phone } = person;
    expect(phone.text).toContain('第 1 节，共 4 节');
    await phone.play(film(FIRST));
    await phone.pass(192_000);
    await phone.back().catch(() => undefined);
    await phone.away(1_000);
    const again = await shop.open(who, { memories, lengthOf: () => FILM_SECONDS, path: pathTo(0) });
    expect(again.phone.text).toContain('已从 03:10 继续');
    await again.phone.play(film(FIRST));
    await again.phone.pass(1_000);
    expect(again.phone.one(film(FIRST)).drawn.attributes['initial-time']).toBe(190);
  });

  test('does not belong to somebody else on the same phone', async () => {
    const person = await open({ path: pathTo(0) });
    await person.phone.play(film(FIRST));
    await person.phone.pass(60_000);
    await person.phone.pause(film(FIRST));
    await person.phone.away(1, '/pages/me/me');
    await logIn(person);
    await person.phone.away(1, pathTo(0));
    expect(seen(person, 'resumed')).toBe('');
  });

  test('goes faster, and so does the next one', async () => {
    const person = await owner(mixed.id);
    await person.phone.away(1, pathTo(0));
    const { phone } = person;
    await phone.play(film(FIRST));
    await phone.tap('1.5 倍速');
    await phone.pass(10_000);
    expect(
      Math.round(
        Number((phone.page.instance.self as { opened: { model: { seconds: number } } }).opened.model.seconds),
      ),
    ).toBe(15);
    await phone.away(1, pathTo(3));
    await phone.play(film('看：收尾'));
    await phone.pass(10_000);
    await phone.pause(film('看：收尾'));
    await phone.away(1, pathTo(3));
    expect(seen(person, 'resumed')).toBe('已从 00:15 继续');
  });

  test('whose link ended goes on at the same second with a new one', async () => {
    const person = await open({ path: pathTo(0) });
    const { phone } = person;
    await phone.play(film(FIRST));
    await phone.pass(100_000);
    const before = phone.one(film(FIRST)).drawn.attributes.src;
    await phone.happen(film(FIRST), 'error', { errMsg: 'MEDIA_ERR_NETWORK' });
    expect(openings(person)).toBe(2);
    const { src, 'initial-time': at, autoplay } = phone.one(film(FIRST)).drawn.attributes;
    expect(src).toContain('/media/courses/mixed/1.mp4?expires=');
    expect([at, autoplay]).toEqual([100, true]);
    expect(src).not.toBe(before);
  });

  test('that does not play with a new link either says so, and tries again when it is told to', async () => {
    let isBroken = true;
    const person = await open({ path: pathTo(0), lengthOf: () => (isBroken ? null : FILM_SECONDS) });
    const { phone } = person;
    expect(openings(person)).toBe(2);
    expect(phone.text).toContain('播放失败');
    isBroken = false;
    await phone.tap('重试');
    expect(openings(person)).toBe(3);
    expect(phone.text).not.toContain('播放失败');
    await phone.pass(3_000);
    expect(seen(person, 'broken')).toBeNull();
  });

  test('at its end the next lesson comes, when it may be opened', async () => {
    const guest = await open({ path: pathTo(0) });
    await guest.phone.play(film(FIRST));
    await guest.phone.pass((FILM_SECONDS + 1) * 1_000);
    expect(guest.phone.route).toBe('study/player/player');
    expect(guest.phone.text).toContain(FIRST);
    const person = await owner(mixed.id);
    await person.phone.away(1, pathTo(0));
    await person.phone.play(film(FIRST));
    await person.phone.pass((FILM_SECONDS + 1) * 1_000);
    expect(person.phone.route).toBe('study/reader/reader');
    expect(person.phone.text).toContain('第 2 段，');
  });

  test('pauses when its page is left', async () => {
    const person = await open({ path: pathTo(0) });
    await person.phone.play(film(FIRST));
    await person.phone.pass(20_000);
    await person.phone.away(60_000);
    const { src } = person.phone.one(film(FIRST)).drawn.attributes;
    expect(src).toContain('1.mp4');
    await person.phone.away(1, pathTo(0));
    expect(seen(person, 'resumed')).toBe('已从 00:20 继续');
  });
});

describe('a sound', () => {
  test('goes on in the background with title and cover, and while another page is open', async () => {
    const person = await owner(mixed.id);
    const { phone } = person;
    await phone.tab('学习');
    await tapCard(person);
    await phone.tap('目录');
    await phone.tap({ name: '听：三个故事，10 分钟' });
    const sound = lastSound(person);
    expect(sound).toMatchObject({
      title: '听：三个故事',
      epname: '一门什么都有的课',
      singer: '梁静秋',
      paused: false,
    });
    expect(sound.coverImgUrl).toContain('/covers/mixed.jpg');
    await phone.pass(30_000);
    expect(phone.text).toContain('00:30');
    await phone.back();
    await phone.pass(30_000);
    await phone.away(60_000);
    expect(Math.round(sound.currentTime)).toBe(120);
    await phone.away(1, pathTo(2));
    expect(sound.paused).toBe(false);
    expect(phone.text).toContain('02:00');
    await phone.tap('暂停');
    expect(sound.paused).toBe(true);
    await phone.pick({ tag: 'slider' }, '300');
    expect(sound.currentTime).toBe(300);
    await phone.tap('播放');
    await phone.tap('0.75 倍速');
    await phone.pass(40_000);
    expect(Math.round(sound.currentTime)).toBe(330);
  });

  test('that was closed is found again where it was', async () => {
    const memories = new Map();
    const who = somebodyNew();
    const first = await shop.open(who, { memories, lengthOf: () => SOUND_SECONDS });
    await logIn(first);
    const id = await productOf('media', '睡前十分钟');
    await give(first, id);
    await first.phone.away(1, studyRoutes.media(id));
    await first.phone.tap('播放');
    await first.phone.pass(77_000);
    const again = await shop.open(who, {
      memories,
      lengthOf: () => SOUND_SECONDS,
      path: studyRoutes.media(id),
    });
    expect(again.phone.text).toContain('已从 01:15 继续');
    await again.phone.tap('播放');
    expect(again.phone.phone.sound).toMatchObject({ title: '睡前十分钟：把今天放下', startTime: 75 });
  });

  test('ends when a film begins', async () => {
    const person = await owner(mixed.id);
    await person.phone.away(1, pathTo(2));
    await person.phone.tap('播放');
    await person.phone.pass(5_000);
    await person.phone.away(1, pathTo(0));
    await person.phone.play(film(FIRST));
    expect(lastSound(person).paused).toBe(true);
  });
});

describe('a text', () => {
  test('is read from where one was, in letters of one’s own size, also without a network', async () => {
    const person = await owner(mixed.id);
    const { phone } = person;
    await phone.away(1, studyRoutes.reader(mixed.id, lessonAt(1)));
    expect(phone.text).toContain('读：怎么记账');
    expect(phone.text).toContain('写下来');
    await phone.scroll(640);
    await phone.tap('文字特大');
    expect(seen(person, 'size')).toBe('huge');
    await phone.tap('上一节');
    expect(phone.route).toBe('study/player/player');
    await phone.set({ network: 'off' });
    await phone.away(1, studyRoutes.reader(mixed.id, lessonAt(1)));
    expect(phone.text).toContain('写下来');
    expect(phone.text).toContain('网络不通');
    expect(phone.phone.scroll).toMatchObject({ to: 640 });
    expect(seen(person, 'size')).toBe('huge');
  });

  test('whose access was taken back meanwhile is not shown any more', async () => {
    const person = await owner(mixed.id);
    const { phone } = person;
    await phone.away(1, studyRoutes.reader(mixed.id, lessonAt(1)));
    person.before = async ({ url }) =>
      url.includes('/api/lessons/') ? refusal('lesson.not_owned', '请先购买', 403) : null;
    await phone.away(1, studyRoutes.reader(mixed.id, lessonAt(1)));
    expect(phone.text).not.toContain('写下来');
    expect(phone.text).toContain('去购买');
  });

  test('with a file says what a download means, and opens it', async () => {
    const id = await productOf('content', '独立开发者收入报告');
    const person = await owner(id);
    const { phone } = person;
    await phone.away(1, studyRoutes.content(id));
    expect(phone.text).toContain('正文见附件');
    await phone.tap('下载文件');
    expect(phone.sheet?.text).toBe('下载后，退款须由客服审核。');
    await phone.choose('取消');
    expect(phone.phone.documents).toEqual([]);
    await phone.tap('下载文件');
    await phone.choose('下载');
    expect(phone.phone.documents).toEqual([expect.stringContaining('/media/reports/')]);
    await phone.set({ network: 'off' });
    await phone.tap('下载文件');
    await phone.choose('下载');
    expect(phone.all({ tag: 'button', text: '重试' })).toHaveLength(1);
  });
});

describe('the way in', () => {
  test('a course goes on with the lesson that was open last', async () => {
    const person = await owner(mixed.id);
    const { phone } = person;
    await phone.away(1, studyRoutes.reader(mixed.id, lessonAt(1)));
    await phone.scroll(300);
    await phone.away(1, '/pages/learn/learn');
    await tapCard(person);
    expect(phone.route).toBe('study/reader/reader');
    await phone.tap('下一节');
    expect(phone.text).toContain('听：三个故事');
    await phone.tap('下一节');
    expect(phone.text).toContain('第 4 节，共 4 节');
    expect(phone.phone.routes.stack).toHaveLength(2);
  });

  test('the page of a course leads to its lessons, and the bar to where one was', async () => {
    const person = await owner(mixed.id);
    const { phone } = person;
    await phone.away(1, `/pages/detail/detail?id=${mixed.id}&kind=course`);
    await phone.tap({ name: '看：收尾，14 分钟' });
    expect(phone.text).toContain('第 4 节');
    await phone.back();
    await phone.tap('开始学习');
    expect(phone.route).toBe('study/player/player');
  });

  test('who does not own it is told so, with the price and the ways on', async () => {
    const person = await open({ path: `/pages/detail/detail?id=${mixed.id}&kind=course` });
    const { phone } = person;
    await phone.tap({ name: '听：三个故事，10 分钟，购买后可学' });
    expect(phone.has({ tag: 'video' })).toBe(false);
    expect(phone.text).toContain('¥99');
    await phone.tap('去购买');
    expect(phone.route).toBe('buy/checkout/checkout');
    expect(phone.text).toContain('一门什么都有的课');
  });

  test('who owns it and is not logged in yet is logged in silently', async () => {
    const memories = new Map();
    const who = somebodyNew();
    const first = await shop.open(who, { memories });
    await logIn(first);
    await give(first, mixed.id);
    memories.get(who)?.clear();
    const again = await shop.open(who, { memories, path: pathTo(2) });
    expect(again.codes).toBe(1);
    expect(again.phone.text).toContain('听：三个故事');
    expect(again.phone.has('播放')).toBe(true);
  });

  test('who logged out is not, and finds the way to log in', async () => {
    const person = await owner(mixed.id);
    const { phone } = person;
    await phone.tab('我的');
    await phone.tap({ has: '隐私与安全', role: 'link' });
    await phone.tap('退出登录');
    await phone.away(1, pathTo(2));
    expect(phone.text).toContain('去购买');
    await phone.tap('已经买过？登录后学习');
    await phone.tap({ role: 'checkbox' });
    await phone.tap('微信一键登录');
    expect(phone.text).toContain('听：三个故事');
  });

  test.each([pathTo, (at: number) => studyRoutes.reader(mixed.id, lessonAt(at))])(
    'without a network, after an error, and after that',
    async (path) => {
      const person = await open({ path: '/own/about/about' });
      const { phone } = person;
      await phone.set({ network: 'off' });
      await phone.away(1, path(0));
      expect(phone.text).toContain('网络不通，请检查网络后重试。');
      await phone.set({ network: 'good' });
      person.before = async () => refusal('internal', '服务暂时不可用', 500);
      await phone.tap('重试');
      expect(phone.text).toContain('req_0000');
      person.before = async () => null;
      await phone.tap('重试');
      expect(phone.text).toContain(FIRST);
    },
  );
});

describe('progress', () => {
  const filmAt = (at: number) => studyRoutes.player(short.id, short.lessons[at]?.id);
  const text = () => studyRoutes.reader(short.id, short.lessons[1]?.id ?? '');
  const lengthOf = () => SHORT_SECONDS;
  const reports = (person: Person) =>
    person.phone.phone.engine.counts.requests.filter(
      (one) => one.endsWith('/progress') && one.startsWith('POST'),
    );
  const progressOf = ({ client }: Person) => client.getProgress({ id: short.id });

  /** Time passes on the phone and at the server alike, as it does for people. */
  async function live({ phone }: Person, seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 10) {
      await shop.control('/control/clock', { ms: Math.min(left, 10) * 1_000 });
      await phone.pass(Math.min(left, 10) * 1_000);
    }
  }

  test('is what really played: a jump over it counts nothing, and a report comes every 30 s and at each pause', async () => {
    const person = await owner(short.id, { lengthOf });
    const { phone } = person;
    await phone.away(1, filmAt(0));
    await phone.play(film('看'));
    await live(person, 20);
    expect(reports(person)).toHaveLength(0);
    await phone.pause(film('看'));
    expect(reports(person)).toHaveLength(1);
    expect((await progressOf(person)).lessons).toMatchObject([{ progressBp: 3_333, isFinished: false }]);
    await phone.seek(film('看'), 50);
    await phone.play(film('看'));
    await live(person, 5);
    await phone.away(1, '/pages/home/home');
    const { lessons } = await progressOf(person);
    expect(lessons).toMatchObject([{ progressBp: 4_166, position: { seconds: 55 } }]);
  });

  test('that has no network waits, and is sent when there is one', async () => {
    const person = await owner(short.id, { lengthOf });
    const { phone } = person;
    await phone.away(1, filmAt(0));
    await phone.play(film('看'));
    await phone.set({ network: 'off' });
    await live(person, 45);
    await phone.pause(film('看'));
    expect((await progressOf(person)).lessons).toMatchObject([{ progressBp: 0 }]);
    await phone.set({ network: 'good' });
    await phone.away(1_000);
    expect((await progressOf(person)).lessons).toMatchObject([
      { progressBp: 7_500, position: { seconds: 45 } },
    ]);
    const before = reports(person).length;
    await phone.away(1_000);
    expect(reports(person)).toHaveLength(before);
  });

  test('that time does not pay for yet is sent again until it does', async () => {
    const person = await owner(short.id, { lengthOf });
    const { phone } = person;
    await phone.away(1, filmAt(0));
    await phone.play(film('看'));
    await phone.pass(40_000);
    await phone.pause(film('看'));
    const early = (await progressOf(person)).lessons[0]?.progressBp ?? 0;
    expect(early).toBeLessThan(6_666);
    await live(person, 30);
    await phone.away(1);
    expect((await progressOf(person)).lessons).toMatchObject([{ progressBp: 6_666 }]);
  });

  test('goes on where it was on another phone', async () => {
    const who = somebodyNew();
    const first = await shop.open(who, { lengthOf });
    await logIn(first);
    await give(first, short.id);
    await first.phone.away(1, filmAt(0));
    await first.phone.play(film('看'));
    await live(first, 30);
    await first.phone.pause(film('看'));
    const second = await shop.open(who, { lengthOf });
    await logIn(second);
    await second.phone.tab('首页');
    expect(second.phone.text).toContain('学到：看');
    await second.phone.tab('学习');
    expect(second.phone.all({ class: 'card', has: '一分钟的课' })).toHaveLength(1);
    await second.phone.tab('首页');
    await second.phone.tap({ class: 'card', has: '学到：看' });
    expect(second.phone.text).toContain('已从 00:30 继续');
  });

  test('of a whole course: film, text and quiz, then the certificate, once, and shown to somebody else', async () => {
    const person = await owner(short.id, { lengthOf });
    const { phone } = person;
    await phone.away(1, studyRoutes.certificate(short.id));
    expect(phone.text).toContain('还没有开始学习');
    await phone.tap('继续学习');
    await phone.play(film('看'));
    const quizzes = () => phone.phone.engine.counts.requests.filter((one) => one.endsWith('/quiz'));
    // The film has none, so none is asked for.
    expect(quizzes()).toEqual([]);
    await live(person, SHORT_SECONDS + 1);
    expect(phone.route).toBe('study/reader/reader');
    expect(phone.text).toContain('已学完 1/2 节');
    expect(quizzes()).toEqual([expect.stringContaining(`/api/lessons/${short.lessons[1]?.id}/quiz`)]);
    await live(person, 10);
    await phone.tap('我读完了');
    expect(phone.has('我读完了')).toBe(false);
    await phone.tap('随堂测验 ›');
    await phone.tap('几年');
    await phone.tap('看');
    expect(seen(person, 'mayTry')).toBe(true);
    await phone.tap('提交');
    expect(phone.text).toContain('没有通过，2 题答对 0 题');
    expect(phone.text).toContain('还可以提交 4 次');
    await phone.tap('几秒');
    await phone.tap('看');
    await phone.tap('读');
    await phone.tap('提交');
    expect(phone.text).toContain('通过了，2 题答对 2 题');
    await phone.tap('回到这一节');
    expect(phone.text).toContain('随堂测验，已通过');
    expect(phone.text).toContain('已学完 2/2 节');
    await phone.tap('已学完全部课程，查看结业证书 ›');
    await phone.type({ tag: 'input', name: '证书上的名字' }, '林小满');
    await phone.tapTwice('领取证书');
    expect(phone.text).toContain('《一分钟的课》');
    const { items } = await person.client.listCertificates({});
    expect(items).toMatchObject([{ name: '林小满', state: 'issued' }]);
    const shared = phone.share();
    await phone.away(1, '/pages/me/me');
    await phone.tap({ role: 'link', has: '我的结业证书' });
    expect(phone.text).toMatch(/一分钟的课 .*学完 · 编号 ZK \w{5} \w{5}/);
    await phone.tap({ role: 'link', name: '一分钟的课的结业证书' });
    expect(phone.text).toContain('《一分钟的课》');
    const other = await open({ path: shared.path });
    expect(other.phone.text).toContain('林*满');
    expect(other.phone.text).toContain('结业证书');
    const scanned = await open({
      path: `/study/certificate/certificate?scene=${encodeURIComponent(`c=${items[0]?.number}`)}`,
    });
    expect(scanned.phone.text).toContain('林*满');
  });

  test('of nothing yet: the list of certificates leads to learning', async () => {
    const { phone } = await open({ path: studyRoutes.certificates });
    expect(phone.text).toContain('学完一门课程后，可以领取结业证书');
    await phone.tap('去学习');
    expect(phone.route).toBe('pages/learn/learn');
  });

  test('of nobody: a guest’s trial is not reported, and asks for no login', async () => {
    const person = await open({ path: pathTo(0) });
    await person.phone.play(film(FIRST));
    await person.phone.pass(60_000);
    await person.phone.pause(film(FIRST));
    expect(reports(person)).toEqual([]);
    expect(person.codes).toBe(0);
  });

  test('notes are written, changed and deleted, each once', async () => {
    const person = await owner(short.id, { lengthOf });
    const { phone } = person;
    await phone.away(1, filmAt(0));
    await phone.play(film('看'));
    await live(person, 12);
    await phone.tap('我的笔记 ›');
    expect(phone.text).toContain('还没有笔记');
    await phone.type({ tag: 'textarea', name: '笔记内容' }, '先写结论');
    person.after = async ({ url }) => {
      if (url.endsWith('/api/notes')) throw new Error('lost');
    };
    await phone.tap('保存');
    expect(phone.text).toContain('网络不通');
    person.after = async () => undefined;
    await phone.tap('保存');
    expect(phone.all({ class: 'text' })).toHaveLength(1);
    await phone.tap('修改这条笔记');
    await phone.type({ tag: 'textarea', name: '笔记内容' }, '先写结论，再写理由');
    await phone.tap('保存');
    const { items } = await person.client.listNotes({ lessonId: short.lessons[0]?.id ?? '' });
    expect(items).toMatchObject([{ text: '先写结论，再写理由', second: 12 }]);
    await phone.tap('删除这条笔记');
    await phone.choose('删除');
    expect(phone.text).toContain('还没有笔记');
  });

  test.each([
    ['certificate', () => studyRoutes.certificate(short.id)],
    ['certificates', () => studyRoutes.certificates],
    ['verified', () => studyRoutes.verified('ZK0000000000')],
    ['quiz', () => studyRoutes.quiz(short.id, short.lessons[1]?.id ?? '')],
    ['notes', () => studyRoutes.notes(short.lessons[0]?.id ?? '', 0)],
    ['text', text],
  ])('%s: without a network, after an error, and a try later', async (_, path) => {
    const person = await open({ path: '/own/about/about' });
    const { phone } = person;
    await phone.set({ network: 'off' });
    await phone.away(1, path());
    expect(phone.text).toContain('网络不通，请检查网络后重试。');
    await phone.set({ network: 'good' });
    person.before = async () => refusal('internal', '服务暂时不可用', 500);
    await phone.tap('重试');
    expect(phone.text).toContain('req_0000');
    person.before = async () => null;
    await phone.tap('重试');
    expect(phone.text).not.toContain('req_0000');
  });
});
