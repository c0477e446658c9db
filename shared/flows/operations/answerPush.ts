/**
 * What is done about each kind of push, and what is answered. A push about money is only a signal: the rail is asked
 * for the facts.
 */
import * as z from 'zod';
import { mediaChecked } from '../../../events/mediaChecked.ts';
import * as cases from '../../data/operations/cases.ts';
import * as paymentExceptions from '../../data/payments/paymentExceptions.ts';
import * as payments from '../../data/payments/payments.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import * as tasks from '../../data/tasks.ts';
import { GENERAL_ANSWER } from '../../domain/refunds/evidence.ts';
import { leftOfPayment } from '../../domain/refunds/refund.ts';
import { fail } from '../../errors.ts';
import { fact } from '../../event.ts';
import type { Ports } from '../../ports/ports.ts';
import type { PushMessage } from '../../ports/push.ts';
import type { PaymentNews } from '../../ports/rail.ts';
import type { XpayRail } from '../../ports/xpay.ts';
import { OrderId, type TimeMs } from '../../schemas/base.ts';
import type { Payment } from '../../schemas/payments/payment.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { hearSent, hearSubscriptions } from '../inbox/hearAnswers.ts';
import { settleByAsking } from '../payments/askRail.ts';
import { type SettlingPorts, settlePayment } from '../payments/settlePayment.ts';
import { answerInquiry } from '../refunds/answerInquiry.ts';
import { hearOfRefund } from '../refunds/hearOfRefund.ts';
import { takeBackByPlatform } from '../refunds/platformRefund.ts';

interface At {
  readonly now: TimeMs;
  readonly requestId: string;
}

type Words = Readonly<Record<string, string | number>>;
type PushPorts = SettlingPorts & Pick<Ports, 'settings'>;
type Answer = (ports: PushPorts, message: PushMessage, at: At) => Promise<Words>;

const TAKEN: Words = { ErrCode: 0, ErrMsg: 'success' };
const again = (why: string): Words => ({ ErrCode: 1, ErrMsg: why });

/** In JSON a string or a number; in XML always a string. */
const Word = z.union([z.string(), z.number()]).transform(String).pipe(z.string().max(128));
/** An id that the platform made. */
const Numbered = Word.pipe(z.string().regex(/^[\x21-\x7e]{1,64}$/));

/** @throws notice.malformed */
function wordsOf<S extends z.ZodType>(schema: S, { words }: PushMessage): z.output<S> {
  const parsed = schema.safeParse(words);
  if (!parsed.success) throw fail('notice.malformed', { cause: parsed.error });
  return parsed.data;
}

/** The rail that pushes. Its own key is all that a push needs. @throws pay.unavailable where the shop has none */
function pushingRail({ rails }: SettlingPorts): XpayRail {
  if (rails.xpay === null) throw fail('pay.unavailable', { detail: 'no rail xpay' });
  return rails.xpay;
}

/** The virtual payment with this order number; null when it is not ours. */
async function paymentOf({ database }: SettlingPorts, orderNumber: string): Promise<Payment | null> {
  const orderId = OrderId.safeParse(orderNumber);
  const payment = orderId.success ? await payments.find(database, orderId.data) : null;
  return payment?.rail === 'xpay' ? payment : null;
}

const Delivery = z.object({
  OutTradeNo: Numbered,
  WeChatPayInfo: z.object({ TransactionId: Numbered }).optional().catch(undefined),
});

/**
 * Somebody paid. The rail is asked; until it confirms the payment it is told to push again. Our answer is the report of
 * the delivery.
 */
const deliver: Answer = async (ports, message, at) => {
  const { OutTradeNo: orderNumber, WeChatPayInfo: info } = wordsOf(Delivery, message);
  const payment = await paymentOf(ports, orderNumber);
  if (payment === null) {
    if (message.isSealed) await recordUnknown(ports, orderNumber, info?.TransactionId ?? 'unknown', at.now);
    return again('unknown order');
  }
  const { id: orderId, openid } = payment;
  if (openid === null) return again('not paid yet');
  const state = await settleByAsking(ports, pushingRail(ports), { orderId, openid }, at);
  return state === 'success' || state === 'refused' ? TAKEN : again('not paid yet');
};

async function recordUnknown(
  { database }: SettlingPorts,
  orderNumber: string,
  transactionId: string,
  now: TimeMs,
): Promise<void> {
  await database.tx((tx) =>
    paymentExceptions.record(tx, {
      id: `${orderNumber}:${transactionId}:unknown_order`,
      kind: 'unknown_order',
      orderNumber,
      transactionId,
      expectedFen: null,
      receivedFen: 0,
      currency: 'CNY',
      refundId: null,
      detail: '虚拟支付推送了一笔付款，但找不到对应订单，金额待核实，未发放任何权益',
      createdAtMs: now,
    }),
  );
}

/**
 * A refund number of the merchant's in the format that `query_order` accepts. For any other format it only returns
 * an error.
 */
const RefundNumber = Word.pipe(z.string().regex(/^[0-9A-Za-z_|*@-]{8,32}$/));
const RefundPush = z.object({
  MchOrderId: Numbered,
  MchRefundId: RefundNumber.optional().catch(undefined),
});
const UNFINISHED: readonly Refund['state'][] = ['approved', 'processing', 'abnormal'];

/**
 * Money went back. Our own unfinished refunds are asked about. Any other refund was made by hand at the platform, or
 * by the platform itself.
 */
const refund: Answer = async (ports, message, at) => {
  const { MchOrderId: orderNumber, MchRefundId: number } = wordsOf(RefundPush, message);
  const payment = await paymentOf(ports, orderNumber);
  if (payment === null || payment.openid === null) return again('unknown order');
  const { id: orderId, openid } = payment;
  const rail = pushingRail(ports);
  const own = await refunds.ofOrder(ports.database, orderId);
  for (const { id, state, transactionId } of own) {
    if (transactionId === null || !UNFINISHED.includes(state)) continue;
    const news = await rail.queryRefund({ refundId: id, orderId, openid, transactionId });
    if (news !== null) await hearOfRefund(ports, rail.name, news, at.now);
  }
  const answer = await rail.query({ orderId, openid });
  if (answer.state !== 'success') return again('not paid yet');
  const { news } = answer;
  await settlePayment(ports, news, at);
  if (number !== undefined && !own.some(({ id }) => id === number))
    await hearOfUnasked(ports, { orderId, openid, refundId: number }, news, at.now);
  const back = { rail: news.rail, transactionId: news.transactionId, refundFen: null };
  if (news.isAllBack === true) await takeBackByPlatform(ports, back, at.now);
  return TAKEN;
};

/**
 * Handles a refund that we did not ask for, with a number of the merchant's. The platform does not say which payment
 * it belongs to. It counts only when this payment has lost that much more than we know of; otherwise the bill will
 * tell.
 */
async function hearOfUnasked(
  ports: SettlingPorts,
  asked: { readonly orderId: OrderId; readonly openid: string; readonly refundId: string },
  { rail, transactionId, totalFen, movedBackFen = 0 }: PaymentNews,
  now: TimeMs,
): Promise<void> {
  const told = await pushingRail(ports).queryRefund({ ...asked, transactionId });
  if (told === null) return;
  const own = await refunds.ofOrder(ports.database, asked.orderId);
  const leftFen = leftOfPayment({ transactionId, amountFen: totalFen }, own);
  if (totalFen - leftFen + told.refundFen <= movedBackFen) await hearOfRefund(ports, rail, told, now);
}

const Complaint = z.object({ MchOrderId: Numbered, WxOrderId: Numbered, ComplaintTime: Numbered });

/** Somebody complained to the platform. A person has to answer there. */
const complain: Answer = async (ports, message, { now }) => {
  const {
    MchOrderId: orderNumber,
    WxOrderId: transactionId,
    ComplaintTime: time,
  } = wordsOf(Complaint, message);
  const payment = await paymentOf(ports, orderNumber);
  // A message that anybody could have sent opens a case only about an order of ours.
  if (payment === null && !message.isSealed) return TAKEN;
  await ports.database.tx((tx) =>
    cases.open(
      tx,
      {
        kind: 'complaint',
        cause: `${transactionId}:${time}`.slice(0, 119),
        story: `用户就订单 ${orderNumber} 向平台投诉，请在微信公众平台的虚拟支付投诉处理中回复。`,
        orderId: payment?.id ?? null,
        userId: payment?.userId ?? null,
        transactionId,
      },
      now,
    ),
  );
  return TAKEN;
};

const Inquiry = z.object({ pay_order_id: Numbered });

/** Apple asks about an order. A message that anybody could have sent gets only the general answer. */
const inquire: Answer = async (ports, message) => {
  const { pay_order_id: orderId } = wordsOf(Inquiry, message);
  return { ...(message.isSealed ? await answerInquiry(ports, orderId) : GENERAL_ANSWER) };
};

/** In JSON a number or a text, whichever WeChat's service prefers; in XML always a text. */
const Count = z.union([z.int(), z.string().regex(/^-?[0-9]{1,9}$/)]).transform(Number);
const Part = z.object({ errcode: Count });
const MediaCheck = z.object({
  trace_id: Numbered,
  result: z.object({ suggest: z.enum(['pass', 'review', 'risky']), label: Count.pipe(z.int().min(0)) }),
  /** One part comes as an object, or as an array of one. Nothing is proven by parts that cannot be read. */
  detail: z.union([z.array(Part), Part.transform((part) => [part])]).catch([]),
  errcode: Count.default(0),
});

/**
 * A picture or a sound was judged. The verdict takes effect once, and only when it is certainly WeChat's. WeChat passes
 * what it could not fetch, and says so in the parts of its verdict alone.
 */
const hearVerdict: Answer = async ({ database }, message, at) => {
  const { trace_id: traceId, result, detail, errcode } = wordsOf(MediaCheck, message);
  if (!message.isSealed) return TAKEN;
  const isWhole = errcode === 0 && detail.length > 0 && detail.every((part) => part.errcode === 0);
  const heard = fact(mediaChecked, traceId, { traceId, ...result, isWhole });
  await database.tx(async (tx) => {
    if ((await tasks.ofFact(tx, heard)).length === 0) await tasks.append(tx, [heard], at);
  });
  return TAKEN;
};
/**
 * Somebody was asked for messages, or changed their mind in WeChat's settings, or a message reached them. What anybody
 * could have sent changes nothing.
 */
const hearOf =
  (what: 'popup' | 'change' | 'sent'): Answer =>
  async (ports, message, { now }) => {
    if (!message.isSealed) return TAKEN;
    if (what === 'sent') await hearSent(ports, message, now);
    else await hearSubscriptions(ports, message, { where: what, now });
    return TAKEN;
  };

const ANSWERS: ReadonlyMap<string, Answer> = new Map([
  ['xpay_goods_deliver_notify', deliver],
  ['xpay_refund_notify', refund],
  ['xpay_complaint_notify', complain],
  ['xpay_subscribe_ios_refund_query_notify', inquire],
  ['wxa_media_check', hearVerdict],
  ['subscribe_msg_popup_event', hearOf('popup')],
  ['subscribe_msg_change_event', hearOf('change')],
  ['subscribe_msg_sent_event', hearOf('sent')],
]);

/**
 * Handles a push, and returns the answer; null for a kind that we do not use. Each push takes effect once, in
 * whatever order and however often it arrives.
 * @throws notice.malformed, pay.unavailable
 */
export async function answerPush(ports: PushPorts, message: PushMessage, at: At): Promise<Words | null> {
  const answer = ANSWERS.get(message.event);
  return answer === undefined ? null : answer(ports, message, at);
}
