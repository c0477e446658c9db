/** Aims for operations and platforms: cases, tasks, bills, exports, notices, pushes. */
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

/** The greatest age of a requested bill, in days. */
const BILL_DAYS_MAX = 3;

/** A function that signs and seals a notice with the given words. */
function sealedNotice({ world }: Aiming, eventType: string) {
  return (words: unknown) => {
    const { headers = {}, rawBody } = noticeOf(world, fieldsOf(words), eventType);
    return { headers, query: {}, rawBody: String(rawBody) };
  };
}

/** WeChat Pay repeats a notice of a payment or a refund. */
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

/** A timestamp and a nonce, with the signature over them and over other signed parts. */
function stamped({ world }: Aiming, ...signed: readonly string[]) {
  const timestamp = String(Math.floor(world.clock.now() / 1000));
  const nonce = world.ports.ids.make('non');
  return { timestamp, nonce, signature: pushSignature(keys.pushToken, timestamp, nonce, ...signed) };
}

/** The words of a complaint about a payment. */
function complaint(paid: { readonly orderNumber: string; readonly transactionId: string }) {
  const { orderNumber: MchOrderId, transactionId: WxOrderId } = paid;
  return { MchOrderId, WxOrderId, ComplaintTime: 1_795_000_000, RequestId: 'complaint-2' };
}

/** WeChat pushes a delivery, a refund, or an event of an unknown kind. */
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

/** A rail and a day whose bill can be requested. */
function aBill({ world, chance }: Aiming) {
  const days = 1 + Math.floor(chance() * BILL_DAYS_MAX);
  return { rail: oneOf(chance, ['wxpay', 'xpay']), day: dayOf(timeMs(world.clock.now() - days * DAY_MS)) };
}

/** The aims by operation. */
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
