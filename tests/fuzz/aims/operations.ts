/** Aims at what staff look after, and at what the platforms tell: cases, tasks, bills, exports, notices, pushes. */
import { aesKeyOf, pushSignature, sealPush } from '../../../shared/adapters/wechat/seal.ts';
import * as reconciliations from '../../../shared/data/books/reconciliations.ts';
import * as cases from '../../../shared/data/operations/cases.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { dayOf } from '../../../shared/domain/day.ts';
import { DAY_MS, timeMs } from '../../../shared/schemas/base.ts';
import { noticeOf } from '../../support/given/payment.ts';
import { keys } from '../../support/keys.ts';
import { oneOf } from '../../support/seeded.ts';
import {
  type Aim,
  type Aimed,
  type Aiming,
  type Aims,
  fieldsOf,
  some,
  withBody,
  withPath,
  withQuery,
} from './aim.ts';

/** How old a bill may be that is asked for. */
const BILL_DAYS_MAX = 3;

/** What a notice is sealed with, from its words. */
function sealedNotice({ world }: Aiming, eventType: string) {
  return (words: unknown) => {
    const { headers = {}, rawBody } = noticeOf(world, fieldsOf(words), eventType);
    return { headers, query: {}, rawBody: String(rawBody) };
  };
}

/** WeChat Pay tells, once more, of money that came or went back. */
const payNotify: Aim = (aiming) => {
  const { world, input } = aiming;
  const { transactions, refunds } = world.wechatPay.books();
  const came = transactions.map((each) => ({
    eventType: 'TRANSACTION.SUCCESS',
    words: {
      ...{ appid: keys.appid, mchid: keys.merchantId, out_trade_no: each.orderNumber },
      ...{ transaction_id: each.transactionId, trade_type: 'JSAPI', trade_state: 'SUCCESS' },
      success_time: new Date(each.paidAtMs).toISOString(),
      payer: { openid: each.openid },
      amount: {
        total: each.totalFen,
        payer_total: each.totalFen - each.discountFen,
        currency: each.currency,
      },
    },
  }));
  const back = refunds
    .filter(({ isSuccess }) => isSuccess)
    .map((each) => ({
      eventType: 'REFUND.SUCCESS',
      words: {
        ...{ mchid: keys.merchantId, out_trade_no: each.orderNumber, transaction_id: each.transactionId },
        ...{ refund_id: each.refundId, out_refund_no: each.refundNumber, refund_status: 'SUCCESS' },
        success_time: new Date(each.finishedAtMs ?? 0).toISOString(),
        amount: {
          total: each.totalFen,
          refund: each.refundFen,
          payer_total: each.totalFen,
          payer_refund: each.refundFen,
        },
      },
    }));
  const told = some(aiming, [...came, ...back]);
  return told && { input: { ...input, body: told.words }, seal: sealedNotice(aiming, told.eventType) };
};

/** A time and a number used once, with the signature over them and what else is signed. */
function stamped({ world }: Aiming, ...signed: readonly string[]) {
  const timestamp = String(Math.floor(world.clock.now() / 1000));
  const nonce = world.ports.ids.make('non');
  return { timestamp, nonce, signature: pushSignature(keys.pushToken, timestamp, nonce, ...signed) };
}

/** What a complaint says of what was paid. */
function complaint(paid: { readonly orderNumber: string; readonly transactionId: string }) {
  const { orderNumber: MchOrderId, transactionId: WxOrderId } = paid;
  return { MchOrderId, WxOrderId, ComplaintTime: 1_795_000_000, RequestId: 'complaint-2' };
}

/** WeChat pushes that an order is to be delivered, that money went back, or what we have never heard of. */
const wechatPush: Aim = (aiming): Aimed => {
  const { transactions } = aiming.world.xpay.books();
  const paid = some(aiming, transactions);
  const delivery = { OpenId: paid?.openid, OutTradeNo: paid?.orderNumber, Env: 0 };
  const events = [
    { Event: 'a_new_kind_of_event' },
    ...(paid === null
      ? []
      : [
          { Event: 'xpay_goods_deliver_notify', ...delivery },
          { Event: 'xpay_refund_notify', MchOrderId: paid.orderNumber, MchRefundId: 'refund-by-hand' },
          { Event: 'xpay_complaint_notify', ...complaint(paid) },
        ]),
  ];
  const body = { MsgType: 'event', ...oneOf(aiming.chance, events) };
  const seal = (words: unknown) => {
    const sealing = { text: JSON.stringify(words), appid: keys.appid, salt: '0123456789abcdef' };
    const Encrypt = sealPush(aesKeyOf(keys.pushAesKey), sealing);
    const { signature, ...stamp } = stamped(aiming, Encrypt);
    return {
      headers: {},
      query: { ...stamp, msg_signature: signature },
      rawBody: JSON.stringify({ Encrypt }),
    };
  };
  return { input: { ...aiming.input, query: {}, body }, seal };
};

/** A day whose bill can be asked for. */
function aBill({ world, chance }: Aiming) {
  const days = 1 + Math.floor(chance() * BILL_DAYS_MAX);
  return { rail: oneOf(chance, ['wxpay', 'xpay']), day: dayOf(timeMs(world.clock.now() - days * DAY_MS)) };
}

/** By the operations that they are of. */
export const operationAims: Aims = {
  payNotify,
  wechatPush,
  checkWechatPush: (aiming) => ({
    input: { ...aiming.input, query: { ...stamped(aiming), echostr: '4714036504' } },
  }),
  closeCase: ({ stored, input, chance }) => {
    const open = some(
      { chance },
      stored.all(cases.collection).filter(({ state }) => state === 'open'),
    );
    return open && { input: withBody(input, { caseId: open.id }) };
  },
  replayTask: ({ stored, input, chance }) => {
    const over = stored.all(tasks.collection).filter(({ state }) => state === 'dead' || state === 'buried');
    const task = some({ chance }, over);
    return task && { input: withBody(input, { taskId: task.id }) };
  },
  buryTask: ({ stored, input, chance }) => {
    const task = some(
      { chance },
      stored.all(tasks.collection).filter(({ state }) => state === 'dead'),
    );
    return task && { input: withBody(input, { taskId: task.id }) };
  },
  exportTable: ({ world, input }) => {
    const now = world.clock.now();
    const asked = { fromAtMs: now - 2 * DAY_MS, untilAtMs: now + DAY_MS, reason: '对账' };
    return { input: withQuery({ ...input, query: {} }, asked) };
  },
  runReconciliation: (aiming) => ({ input: withBody(aiming.input, aBill(aiming)) }),
  getReconciliation: ({ stored, input, chance }) => {
    const found = some({ chance }, stored.all(reconciliations.collection));
    return found && { input: { ...withPath(input, { rail: found.rail, day: found.day }), query: {} } };
  },
};
