/**
 * The buyer's journey over HTTP, against the whole local stack in a process of its own. Prints one line for each step,
 * with its time, and ends everything that it started. With `DATABASE_URL` its documents are in that database, which
 * must be empty and is emptied again.
 *
 * Exit code 0 when every step was right; 1 at the first that was not.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, ZhikeError } from '../client/client.ts';
import { makeId } from '../client/id.ts';
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

const WAIT_MAX_MS = 15_000;
const random = () => randomInt(2 ** 32) / 2 ** 32;
const yuan = (fen: number) => `¥${(fen / 100).toFixed(2)}`;

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

/** Starts the stack on free ports. */
function startStack(dataDir: string) {
  return spawn(process.execPath, [join(__dirname, 'start.mjs')], {
    env: { ...process.env, DATA_DIR: dataDir, PORT: '0', LOG: 'off' },
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

/** The steps in order. Each checks its answers and then returns what it shows. */
function journey(api: string, phone: string, recoveryCode: string): readonly (readonly [string, Step])[] {
  let token: string | null = null;
  const client = createClient({ baseUrl: api, token: () => token });
  const orderId = makeId('ord', Date.now(), random);
  let courseId = '';
  let lessonId = '';
  let listFen = 0;
  let couponId = '';
  let payableFen = 0;

  return [
    [
      '微信登录 log in with WeChat',
      async () => {
        const { code } = await post<{ code: string }>(`${phone}/phone/login`, { name: 'xiaoming' });
        const login = await client.login({ code });
        token = login.token;
        check(login.isNew, 'the learner should be new');
        return `${login.user.id}, new`;
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
      '搜索 search for 数据分析',
      async () => {
        const found = await client.searchCourses({ q: '数据分析' });
        const first = found.items[0];
        check(first !== undefined, 'nothing was found');
        courseId = first.id;
        return `${found.items.length} found, first 《${first.title}》 ${yuan(first.listFen)}`;
      },
    ],
    [
      '课程详情 look at the course',
      async () => {
        const course = await client.getCourse({ id: courseId });
        const lessons = course.chapters.flatMap((chapter) => chapter.lessons);
        const paid = lessons.find((lesson) => !lesson.isTrial);
        check(
          paid !== undefined && lessons.some((lesson) => lesson.isTrial),
          'a trial and a paid lesson are expected',
        );
        check(course.owned?.isOwned === false, 'the course should not be owned yet');
        lessonId = paid.id;
        listFen = course.listFen;
        return `${course.chapters.length} chapters, ${lessons.length} lessons, ${lessons.filter((l) => l.isTrial).length} on trial, by ${course.teacher}`;
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
      '领券 take a coupon',
      async () => {
        const offers = await client.listCoupons({});
        const offer = offers.items.find(
          ({ mayClaim, rule }) => mayClaim && rule.kind === 'full_reduction' && rule.thresholdFen <= listFen,
        );
        check(offer !== undefined, 'no coupon can be claimed');
        const { coupon } = await client.receiveCoupon({ templateId: offer.id });
        couponId = coupon.id;
        check(coupon.state === 'available', `the coupon is ${coupon.state}`);
        return coupon.title;
      },
    ],
    [
      '算价 quote',
      async () => {
        const { quote } = await client.quoteOrder({ lines: [{ productId: courseId }], couponId });
        check(quote.payableFen + quote.discountFen === quote.listFen, 'the discount does not add up');
        check(quote.discountFen > 0, 'the coupon took nothing off');
        payableFen = quote.payableFen;
        return `${yuan(quote.listFen)} − ${yuan(quote.discountFen)} = ${yuan(quote.payableFen)}, earns ${quote.earnsPoints} points`;
      },
    ],
    [
      '下单 order, and the same order again',
      async () => {
        const asked = { orderId, lines: [{ productId: courseId }], couponId, shownFen: payableFen };
        const { order } = await client.createOrder(asked);
        const again = await client.createOrder(asked);
        check(
          again.order.id === order.id && again.order.createdAtMs === order.createdAtMs,
          'a retry made another order',
        );
        const mine = await client.listOrders({});
        check(mine.items.length === 1, `there are ${mine.items.length} orders`);
        return `${order.id} ${order.state}, ${yuan(order.payableFen)}; the retry got the same one`;
      },
    ],
    [
      '支付 open the payment and confirm on the phone',
      async () => {
        const { payment } = await client.payOrder({ orderId });
        const paid = await post<{ errMsg: string }>(`${phone}/phone/pay`, {
          ...payment,
          name: 'xiaoming',
          decision: 'confirm',
        });
        check(paid.errMsg === 'requestPayment:ok', `the phone said ${paid.errMsg}`);
        return `paid by ${payment.rail}, paySign verified by the phone`;
      },
    ],
    [
      '回调 WeChat calls back, the order is paid',
      async () => {
        const { order } = await until(
          'paying',
          () => client.getOrder({ orderId }),
          (answer) => answer.order.state === 'paid',
        );
        return `${order.state} at ${new Date(order.paidAtMs ?? 0).toISOString()}`;
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
        const coupons = await client.listMyCoupons({});
        const used = coupons.items.find((coupon) => coupon.id === couponId);
        check(used?.state === 'used' && used.orderId === orderId, `the coupon is ${used?.state}`);
        return `${points.balance} points, coupon used`;
      },
    ],
    [
      '再买一次 the same course cannot be bought twice',
      async () => {
        const code = await refusal(
          client.createOrder({
            orderId: makeId('ord', Date.now(), random),
            lines: [{ productId: courseId }],
            couponId: null,
            shownFen: listFen,
          }),
        );
        check(code === 'product.already_owned', `refused with ${code}`);
        return code;
      },
    ],
    ...virtualPayment(api, phone, () => token),
    ...moneyBack(api, () => ({ token, orderId, courseId, lessonId, payableFen })),
    ...nextDay(api, phone, recoveryCode),
  ];
}

/** The steps that buy in the mini-program by virtual payment, with the points that were earned. */
function virtualPayment(
  api: string,
  phone: string,
  token: () => string | null,
): readonly (readonly [string, Step])[] {
  const client = createClient({ baseUrl: api, token });
  const orderId = makeId('ord', Date.now(), random);
  let productId = '';
  let shownFen = 0;
  let points = 0;

  return [
    [
      '小程序内算价 quote in the mini-program, with points',
      async () => {
        const { items } = await client.listProducts({ kind: 'content' });
        const product = items.find(({ listFen }) => listFen > 0);
        check(product !== undefined, 'there is no e-book');
        productId = product.id;
        const { balance } = await client.getPoints({});
        const asked = {
          lines: [{ productId }],
          platform: 'android',
          couponId: null,
          points: balance,
        } as const;
        const { quote } = await client.quoteOrder(asked);
        check(quote.rail === 'xpay', `it would be paid by ${quote.rail}`);
        check(quote.points.count > 0, 'no points are taken');
        shownFen = quote.payableFen;
        points = quote.points.count;
        return `《${product.title}》 ${yuan(quote.listFen)} − ${points} points = ${yuan(shownFen)}, by ${quote.rail}`;
      },
    ],
    [
      '虚拟支付 order and pay by wx.requestVirtualPayment',
      async () => {
        const lines = [{ productId }];
        await client.createOrder({ orderId, lines, platform: 'android', couponId: null, points, shownFen });
        const { payment } = await client.payOrder({ orderId });
        check(payment.rail === 'xpay', `opened by ${payment.rail}`);
        const paid = await post<{ errCode: number }>(`${phone}/phone/pay`, {
          ...payment,
          name: 'xiaoming',
          platform: 'android',
        });
        check(paid.errCode === 0, `the phone said ${paid.errCode}`);
        return 'both signatures verified by the phone';
      },
    ],
    [
      '发货推送 WeChat pushes, we ask it back, the e-book is in the library',
      async () => {
        await until(
          'paying',
          () => client.getOrder({ orderId }),
          (answer) => answer.order.state === 'paid',
        );
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
  readonly token: string | null;
  readonly orderId: string;
  readonly courseId: string;
  readonly lessonId: string;
  readonly payableFen: number;
}

/** The steps that refund the course: the quote, the approval by the policy, and the points that go back with it. */
function moneyBack(api: string, bought: () => Bought): readonly (readonly [string, Step])[] {
  const client = createClient({ baseUrl: api, token: () => bought().token });
  const refundId = makeId('rfd', Date.now(), random);
  let refundFen = 0;

  return [
    [
      '退款试算 what would go back',
      async () => {
        const { quote } = await client.quoteRefund({ orderId: bought().orderId });
        check(quote.by === 'automatic', `it would be decided by ${quote.by}`);
        check(quote.refundFen === bought().payableFen, `${quote.refundFen} would go back`);
        refundFen = quote.refundFen;
        return `${yuan(refundFen)}, ${quote.pointsTaken} points taken back, coupon ${quote.couponReturns ? 'returns' : 'stays used'}, by the policy`;
      },
    ],
    [
      '申请退款 ask for it: access goes at once',
      async () => {
        const { orderId, courseId, lessonId } = bought();
        const words = '买错了';
        const asked = { orderId, refundId, productIds: null, words, shownFen: refundFen };
        const { refund } = await client.requestRefund(asked);
        check(refund.state === 'approved', `the refund is ${refund.state}`);
        const course = await client.getCourse({ id: courseId });
        check(course.owned?.isOwned === false, 'the course is still owned');
        const code = await refusal(client.getLesson({ id: lessonId }));
        check(code === 'lesson.not_owned', `the lesson answered ${code}`);
        return `${refund.id} ${refund.state}; the lesson is closed`;
      },
    ],
    [
      '退款到账 the money is back when the rail says so',
      async () => {
        const { orderId } = bought();
        const { refunds } = await until(
          'the refund',
          () => client.listRefunds({ orderId }),
          (answer) => answer.refunds[0]?.state === 'success',
        );
        const { order } = await client.getOrder({ orderId });
        check(order.refundedFen === refundFen, `${order.refundedFen} is said to be back`);
        const points = await client.getPoints({});
        return `${yuan(order.refundedFen)} back; ${refunds[0]?.pointsTaken} points taken back, ${points.debt} of them owed`;
      },
    ],
  ];
}

/** The steps of the next morning: the day's books are compared with the bills of both rails. */
function nextDay(api: string, phone: string, recoveryCode: string): readonly (readonly [string, Step])[] {
  let token: string | null = null;
  const client = createStaffClient({ baseUrl: api, token: () => token });

  return [
    [
      '次日对账 the next morning: both rails’ bills against our books',
      async () => {
        const beijing = (nowMs: number) => new Date(nowMs + 8 * 3_600_000);
        const { nowMs } = await post<{ nowMs: number }>(`${phone}/control/clock`, { ms: 0 });
        const day = beijing(nowMs).toISOString().slice(0, 10);
        const elevenAtMs = Date.parse(`${day}T00:00:00Z`) - 8 * 3_600_000 + (24 + 11) * 3_600_000;
        await post(`${phone}/control/clock`, { ms: elevenAtMs - nowMs });
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
    const steps = journey(api, phone, recoveryCode);
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
