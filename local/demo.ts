/**
 * The buyer's journey over HTTP, against the whole local stack in a process of its own: one line for each step, with
 * what it took. Ends everything it started. Exit code 0 when every step was right; 1 at the first that was not.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, ZhikeError } from '../client/client.ts';
import { makeId } from '../client/id.ts';

const WAIT_MAX_MS = 15_000;
const random = () => randomInt(2 ** 32) / 2 ** 32;
const yuan = (fen: number) => `¥${(fen / 100).toFixed(2)}`;

/** What a step shows, after it has checked what it saw. */
type Step = () => Promise<string>;

class Wrong extends Error {}

function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Wrong(otherwise);
}

/** Asks again until the answer is as it should be: effects and callbacks arrive a moment later. */
async function until<T>(what: string, ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + WAIT_MAX_MS;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    check(Date.now() < deadline, `${what} did not happen within ${WAIT_MAX_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The error code a call is refused with. */
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

/** Starts the stack on free ports. */
function startStack(dataDir: string) {
  return spawn(process.execPath, [join(__dirname, 'start.js')], {
    env: { ...process.env, DATA_DIR: dataDir, PORT: '0', LOG: 'off' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
type Stack = ReturnType<typeof startStack>;

/** Waits until the stack says where it is. */
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

/** Ends the stack, and throws away what it stored. Safe to repeat. */
async function end(stack: Stack, dataDir: string): Promise<void> {
  if (stack.exitCode === null && stack.signalCode === null) {
    await new Promise<void>((resolve) => {
      stack.once('exit', () => resolve());
      stack.kill('SIGTERM');
    });
  }
  await rm(dataDir, { recursive: true, force: true });
}

/** The steps, in order. Each checks what it saw before it says what it shows. */
function journey(api: string, phone: string): readonly (readonly [string, Step])[] {
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
  ];
}

async function main(): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zhike-demo-'));
  const began = performance.now();
  const stack = startStack(dataDir);
  process.once('SIGINT', () => void end(stack, dataDir).finally(() => process.exit(130)));
  try {
    const { api, phone } = await addressesOf(stack);
    console.log(`知课 · the whole stack at ${api}, up in ${Math.round(performance.now() - began)} ms\n`);
    const steps = journey(api, phone);
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
