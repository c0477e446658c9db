/**
 * The buyer's journey against the whole local stack in a process of its own: what a buyer does is done in the built
 * mini-program on the simulated phone, without a screen, and the rest over HTTP. Prints one line for each step, with
 * its time, and ends everything that it started. With `DATABASE_URL` its documents are in that database, which must be
 * empty and is emptied again.
 *
 * Exit code 0 when every step was right; 1 at the first that was not.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient, ZhikeError } from '../client/client.ts';
import { yuan } from '../client/fen.ts';
import { createStaffClient } from '../client/staff.ts';
import { serverOf } from '../shared/adapters/mysql/address.ts';
import { Link } from '../shared/adapters/mysql/link.ts';
import { name } from '../shared/adapters/mysql/literal.ts';
import { systemClock } from '../shared/adapters/process/clock.ts';
import { systemIds } from '../shared/adapters/process/ids.ts';
import { scryptPasswords } from '../shared/adapters/process/passwords.ts';
import { keySecrets } from '../shared/adapters/process/secrets.ts';
import { createStaff, giveFactor } from '../shared/flows/identity/appointStaff.ts';
import { createForCommand, placeOf } from './database.ts';
import { openKeys } from './keys.ts';
import { type DrivenPhone, openPhone } from './phone/driver.ts';
import { textOf } from './phone/tree.ts';

const WAIT_MAX_MS = 15_000;

/** One step: checks the answers, then returns the text to show. */
type Step = () => Promise<string>;

class Wrong extends Error {}

function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Wrong(otherwise);
}

/** Repeats a request until its answer is right, because effects and callbacks arrive a moment later. */
async function until<T>(what: string, ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + WAIT_MAX_MS;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    check(Date.now() < deadline, `${what} did not happen within ${WAIT_MAX_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The error code with which a call is refused. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (caught) {
    if (caught instanceof ZhikeError) return caught.code;
    throw caught;
  }
  return 'nothing: it was allowed';
}

async function post<T>(url: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  check(response.ok, `${url} answered ${response.status}: ${await response.clone().text()}`);
  return (await response.json()) as T;
}

/** The tables of the database on a MySQL server, and what becomes of them; none where the documents are elsewhere. */
async function tablesOnServer(dataDir: string, how: 'count' | 'drop'): Promise<number> {
  const place = placeOf(dataDir, process.env);
  if (!('server' in place)) return 0;
  const link = await Link.connect(serverOf(place.server));
  const ask = (sql: string) => link.ask(sql, { statements: 1, timeoutMs: WAIT_MAX_MS });
  const [tables = []] = await ask('SHOW TABLES');
  if (how === 'drop') for (const [table] of tables) await ask(`DROP TABLE ${name(String(table))}`);
  link.close();
  return tables.length;
}

/** The owner's licence lets WeChat Pay sell courses in the mini-program. E-books go by virtual payment. */
const SELLING = JSON.stringify({ wxpayKindsInMiniProgram: ['course'] });

/** Starts the stack on free ports. */
function startStack(dataDir: string) {
  return spawn(process.execPath, [join(__dirname, 'start.mjs')], {
    env: { ...process.env, DATA_DIR: dataDir, PORT: '0', LOG: 'off', STAFF: 'off', SELLING },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
type Stack = ReturnType<typeof startStack>;

const STAFF = { userName: 'finance.li', password: 'three grey herons at dusk' };

/**
 * Appoints a member of staff for finance, as `npm run staff` does, before the stack starts. Answers a recovery code,
 * which works once as their second factor.
 */
async function appointFinance(dataDir: string): Promise<string> {
  const clock = systemClock;
  const ids = systemIds(clock);
  const database = await createForCommand(placeOf(dataDir, process.env));
  const secrets = keySecrets((await openKeys(dataDir)).secretsKey);
  const ports = { database, ids, clock, passwords: scryptPasswords(), secrets };
  const { id: userId } = await createStaff(ports, { ...STAFF, role: 'finance' });
  const factor = await giveFactor(ports, { userId, replaces: false });
  await database.close();
  return factor?.recoveryCodes[0] ?? '';
}

/** Waits until the stack prints its addresses, and answers them. */
function addressesOf(stack: Stack): Promise<{ api: string; phone: string }> {
  let seen = '';
  return new Promise((resolve, reject) => {
    stack.once('exit', (code) => reject(new Wrong(`the stack ended with ${code}`)));
    setTimeout(
      () => reject(new Wrong(`the stack did not start within ${WAIT_MAX_MS / 1000} s`)),
      WAIT_MAX_MS,
    ).unref();
    stack.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      const api = /API +(http\S+)/.exec(seen)?.[1];
      const phone = /Phone +(http\S+)/.exec(seen)?.[1];
      if (api !== undefined && phone !== undefined) resolve({ api, phone });
    });
  });
}

/** Ends the stack and deletes its data, on a server too. Safe to repeat. */
async function end(stack: Stack, dataDir: string): Promise<void> {
  if (stack.exitCode === null && stack.signalCode === null) {
    await new Promise<void>((resolve) => {
      stack.once('exit', () => resolve());
      stack.kill('SIGTERM');
    });
  }
  await tablesOnServer(dataDir, 'drop');
  await rm(dataDir, { recursive: true, force: true });
}

const BUYER = 'xiaoming';

/** The buyer's phone with the built mini-program on it, and the session that it keeps. */
interface BuyersPhone {
  readonly own: DrivenPhone;
  token(): string | null;
}

async function openBuyersPhone(api: string, simulators: string): Promise<BuyersPhone> {
  const memories = new Map<string, Map<string, string>>();
  const own = await openPhone({
    script: await readFile(join(__dirname, 'app', 'miniprogram.js'), 'utf8'),
    path: '/pages/me/me',
    settings: { who: BUYER },
    memories,
    now: Date.now,
    simulate: (path, body) => post(`${simulators}${path}`, body),
    send: async ({ method, url, headers, body }) => {
      const answer = await fetch(`${api}${url}`, { method, headers, body });
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: await answer.text(),
      };
    },
  });
  const token = () => {
    const kept = memories.get(BUYER)?.get('session');
    return kept === undefined ? null : (JSON.parse(kept) as { readonly token: string }).token;
  };
  return { own, token };
}

/** Goes to another page of the mini-program, as from the list of what was open. */
const visit = (phone: DrivenPhone, path: string) => phone.away(0, path);

/** Pays on the page in front, by a double tap, and waits until the page of the paid order is there. */
async function pay(phone: DrivenPhone): Promise<string> {
  await phone.tapTwice({ tag: 'button', has: '支付 ¥' });
  await until(
    'paying',
    () => phone.pass(500),
    () => phone.route === 'buy/order/order' && phone.text.startsWith('已支付'),
  );
  return phone.page.query.id ?? '';
}

/** The steps in order. Each checks its answers and then returns what it shows. */
function journey(
  api: string,
  simulators: string,
  { own: phone, token }: BuyersPhone,
  recoveryCode: string,
): readonly (readonly [string, Step])[] {
  const client = createClient({ baseUrl: api, token });
  let orderId = '';
  let courseId = '';
  let lessonId = '';
  let payableFen = 0;

  return [
    [
      '微信登录 log in with WeChat, in the mini-program',
      async () => {
        await phone.tap('登录');
        await phone.tap({ role: 'checkbox' });
        await phone.tap('微信一键登录');
        const me = await client.getMe();
        return `${me.nickname}, new`;
      },
    ],
    [
      '新人礼券 the welcome coupon arrives by itself',
      async () => {
        const coupons = await until(
          'the welcome coupon',
          () => client.listMyCoupons({}),
          (page) => page.items.length > 0,
        );
        return coupons.items.map((coupon) => coupon.title).join(', ');
      },
    ],
    [
      '领券 take a coupon',
      async () => {
        await visit(phone, '/buy/coupons/coupons');
        await phone.tap('领取满 99 减 20');
        await phone.tap({ role: 'tab', text: '可使用' });
        check(phone.text.includes('满 99 减 20'), 'the coupon is not there');
        return '满 99 减 20';
      },
    ],
    [
      '搜索 search for 数据分析',
      async () => {
        await visit(phone, '/pages/list/list');
        await phone.type('搜索课程、老师或关键词', '数据分析');
        await phone.confirm('搜索课程、老师或关键词');
        const found = phone.all({ role: 'link', class: 'card' });
        check(found[0] !== undefined, 'nothing was found');
        await phone.tap(found[0]);
        courseId = phone.page.query.id ?? '';
        return `${found.length} found`;
      },
    ],
    [
      '课程详情 look at the course',
      async () => {
        check(phone.text.includes('试听'), 'no lesson is on trial');
        const course = await client.getCourse({ id: courseId });
        const lessons = course.chapters.flatMap((chapter) => chapter.lessons);
        const paid = lessons.find((lesson) => !lesson.isTrial);
        check(paid !== undefined, 'a paid lesson is expected');
        check(course.owned?.isOwned === false, 'the course should not be owned yet');
        lessonId = paid.id;
        return `《${course.title}》 ${yuan(course.listFen)}, ${course.chapters.length} chapters, ${lessons.length} lessons, by ${course.teacher}`;
      },
    ],
    [
      '未购不可学 a paid lesson is closed',
      async () => {
        const code = await refusal(client.getLesson({ id: lessonId }));
        check(code === 'lesson.not_owned', `refused with ${code}`);
        return code;
      },
    ],
    [
      '算价 the price explained, with the best coupon',
      async () => {
        await phone.tap('立即购买');
        const sums = phone.all({ class: 'line' }).map((part) => textOf(part));
        check(
          sums.some((sum) => sum.includes('满 99 减 20')),
          'the coupon took nothing off',
        );
        return sums.join(' · ');
      },
    ],
    [
      '支付 a double tap: one order, paid by WeChat Pay',
      async () => {
        orderId = await pay(phone);
        const { items } = await client.listOrders({});
        check(items.length === 1, `there are ${items.length} orders`);
        const { order } = await client.getOrder({ orderId });
        check(order.rail === 'wxpay', `it was paid by ${order.rail}`);
        payableFen = order.payableFen;
        return `${order.state}, ${yuan(payableFen)}, by ${order.rail}; paySign verified, and the server asked`;
      },
    ],
    [
      '学习 the lesson opens',
      async () => {
        await until(
          'access',
          () => client.getCourse({ id: courseId }),
          (course) => course.owned?.isOwned === true,
        );
        const lesson = await client.getLesson({ id: lessonId });
        check(lesson.mediaUrl !== null, 'there is no media');
        const media = await fetch(lesson.mediaUrl);
        check(media.status === 200, `the media URL answered ${media.status}`);
        const forged = await fetch(lesson.mediaUrl.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
        check(forged.status === 403, `a forged media URL answered ${forged.status}`);
        return `《${lesson.title}》, signed media URL answers 200, a forged one 403`;
      },
    ],
    [
      '积分与优惠券 points and coupon',
      async () => {
        const points = await until(
          'points',
          () => client.getPoints({}),
          (answer) => answer.balance > 0,
        );
        check(points.balance === Math.floor(payableFen / 100), `the balance is ${points.balance}`);
        const { items } = await client.listMyCoupons({ state: 'used' });
        check(items[0]?.orderId === orderId, 'no coupon is used');
        return `${points.balance} points, ${items[0].title} used`;
      },
    ],
    [
      '再买一次 the same course cannot be bought twice',
      async () => {
        await visit(phone, `/buy/checkout/checkout?ids=${courseId}`);
        check(!phone.has({ tag: 'button', has: '支付 ¥' }), 'it can be bought again');
        return phone.text;
      },
    ],
    ...virtualPayment(client, phone),
    ...moneyBack(client, phone, () => ({ orderId, courseId, lessonId, payableFen })),
    ...nextDay(api, simulators, recoveryCode),
  ];
}

/** The steps that buy by virtual payment, with the points that were earned. */
function virtualPayment(client: Client, phone: DrivenPhone): readonly (readonly [string, Step])[] {
  let productId = '';

  return [
    [
      '积分抵扣 an e-book, with points',
      async () => {
        const { items } = await client.listProducts({ kind: 'content' });
        const product = items.find(({ listFen }) => listFen > 0);
        check(product !== undefined, 'there is no e-book');
        productId = product.id;
        await visit(phone, `/buy/checkout/checkout?ids=${productId}`);
        await phone.tap('使用积分');
        const sums = phone.all({ class: 'line' }).map((part) => textOf(part));
        check(
          sums.some((sum) => sum.startsWith('积分')),
          'no points are taken',
        );
        return `《${product.title}》 ${sums.join(' · ')}`;
      },
    ],
    [
      '虚拟支付 paid by wx.requestVirtualPayment',
      async () => {
        const { order } = await client.getOrder({ orderId: await pay(phone) });
        check(order.rail === 'xpay', `it was paid by ${order.rail}`);
        return `${order.state}, ${yuan(order.payableFen)}, both signatures verified by the phone`;
      },
    ],
    [
      '发货推送 WeChat pushes, we ask it back, the e-book is in the library',
      async () => {
        const library = await until(
          'access',
          () => client.getLibrary({}),
          (page) => page.items.some(({ id }) => id === productId),
        );
        return `${library.items.length} things in the library`;
      },
    ],
  ];
}

/** The first order, which is refunded later. */
interface Bought {
  readonly orderId: string;
  readonly courseId: string;
  readonly lessonId: string;
  readonly payableFen: number;
}

/** The steps that refund the course: the quote, the approval by the policy, and the points that go back with it. */
function moneyBack(
  client: Client,
  phone: DrivenPhone,
  bought: () => Bought,
): readonly (readonly [string, Step])[] {
  return [
    [
      '退款试算 what would go back',
      async () => {
        await visit(phone, `/buy/order/order?id=${bought().orderId}`);
        await phone.tap('申请退款');
        check(phone.text.includes('符合退款规则'), 'staff would decide');
        check(
          phone.has({ text: `退款 ${yuan(bought().payableFen)}`, tag: 'button' }),
          'not all would go back',
        );
        return `${yuan(bought().payableFen)}, by the policy`;
      },
    ],
    [
      '申请退款 ask for it: access goes at once',
      async () => {
        const { orderId, courseId, lessonId } = bought();
        await phone.tap('买错了');
        await phone.tap({ tag: 'button', has: '退款 ¥' });
        const { refunds } = await client.listRefunds({ orderId });
        check(refunds.length === 1, `there are ${refunds.length} refunds`);
        const course = await client.getCourse({ id: courseId });
        check(course.owned?.isOwned === false, 'the course is still owned');
        const code = await refusal(client.getLesson({ id: lessonId }));
        check(code === 'lesson.not_owned', `the lesson answered ${code}`);
        return `${refunds[0]?.state}; the lesson is closed`;
      },
    ],
    [
      '退款到账 the money is back when the rail says so',
      async () => {
        const { orderId, payableFen } = bought();
        const { refunds } = await until(
          'the refund',
          () => client.listRefunds({ orderId }),
          (answer) => answer.refunds[0]?.state === 'success',
        );
        const { order } = await client.getOrder({ orderId });
        check(order.refundedFen === payableFen, `${order.refundedFen} is said to be back`);
        const points = await client.getPoints({});
        return `${yuan(order.refundedFen)} back; ${refunds[0]?.pointsTaken} points taken back, ${points.debt} of them owed`;
      },
    ],
  ];
}

/** The steps of the next morning: the day's books are compared with the bills of both rails. */
function nextDay(
  api: string,
  simulators: string,
  recoveryCode: string,
): readonly (readonly [string, Step])[] {
  let token: string | null = null;
  const client = createStaffClient({ baseUrl: api, token: () => token });

  return [
    [
      '次日对账 the next morning: both rails’ bills against our books',
      async () => {
        const beijing = (nowMs: number) => new Date(nowMs + 8 * 3_600_000);
        const { nowMs } = await post<{ nowMs: number }>(`${simulators}/control/clock`, { ms: 0 });
        const day = beijing(nowMs).toISOString().slice(0, 10);
        const elevenAtMs = Date.parse(`${day}T00:00:00Z`) - 8 * 3_600_000 + (24 + 11) * 3_600_000;
        await post(`${simulators}/control/clock`, { ms: elevenAtMs - nowMs });
        token = (await client.loginWithPassword({ ...STAFF, secondFactor: { recoveryCode } })).token;
        const shown: string[] = [];
        for (const rail of ['wxpay', 'xpay'] as const) {
          const { askedAtMs } = await client.runReconciliation({ rail, day, reason: '日终对账' });
          const looked = await until(
            `the look at ${rail}`,
            () => client.getReconciliation({ rail, day }).catch(() => null),
            (answer) => (answer?.reconciliation.finishedAtMs ?? 0) >= askedAtMs,
          );
          const reconciliation = looked?.reconciliation;
          check(reconciliation?.openCount === 0, `${rail}: ${JSON.stringify(reconciliation)}`);
          shown.push(
            `${rail} ${reconciliation.paymentCount} paid, ${reconciliation.refundCount} back, ${reconciliation.openCount} open`,
          );
        }
        return `${day} ${shown.join('; ')}`;
      },
    ],
  ];
}

async function main(): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zhike-demo-'));
  if ((await tablesOnServer(dataDir, 'count')) > 0)
    throw new Error('The demo needs a database that is empty.');
  const recoveryCode = await appointFinance(dataDir);
  const began = performance.now();
  const stack = startStack(dataDir);
  process.once('SIGINT', () => void end(stack, dataDir).finally(() => process.exit(130)));
  try {
    const { api, phone } = await addressesOf(stack);
    console.log(`知课 · the whole stack at ${api}, up in ${Math.round(performance.now() - began)} ms\n`);
    const steps = journey(api, phone, await openBuyersPhone(api, phone), recoveryCode);
    for (const [index, [title, step]] of steps.entries()) {
      const from = performance.now();
      try {
        const shown = await step();
        console.log(
          `✓ ${String(index + 1).padStart(2)} ${title} — ${shown} (${Math.round(performance.now() - from)} ms)`,
        );
      } catch (caught) {
        console.error(
          `✗ ${String(index + 1).padStart(2)} ${title} — ${caught instanceof Error ? caught.message : String(caught)}`,
        );
        return 1;
      }
    }
    console.log(`\nDone: ${steps.length} steps in ${Math.round(performance.now() - began)} ms.`);
    return 0;
  } finally {
    await end(stack, dataDir);
  }
}

main().then(
  (code) => process.exit(code),
  (caught: unknown) => {
    console.error(caught instanceof Error ? caught.message : String(caught));
    process.exit(1);
  },
);
