/** The steps of a buyer: a course by WeChat Pay, an e-book by virtual payment, and the money of the course back. */
import type { Client } from '../../client/client.ts';
import { yuan } from '../../client/fen.ts';
import type { DrivenPhone } from '../phone/driver.ts';
import { textOf } from '../phone/tree.ts';
import { check, pay, refusal, type Step, until, visit } from './step.ts';

/** The buyer's steps, in order. */
export function buying(client: Client, phone: DrivenPhone): readonly Step[] {
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
  ];
}

/** The steps that buy by virtual payment, with the points that were earned. */
function virtualPayment(client: Client, phone: DrivenPhone): readonly Step[] {
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
function moneyBack(client: Client, phone: DrivenPhone, bought: () => Bought): readonly Step[] {
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
