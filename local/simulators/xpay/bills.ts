/**
 * The order lists that simulated virtual payment makes from its own books. The real columns are not documented; these
 * have the names of `query_order`'s fields.
 */
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import type { XpayLedger, XpayPayment, XpayRefund } from './ledger.ts';
import { type XpayBody, XpayRefused } from './requests.ts';
import { paymentWords, refundWords, type Words } from './words.ts';

type Asked = XpayBody<'/xpay/start_download_order'>;

/** Changes the lines of a list so that it differs from the books. */
export type PlantedInLists = (lines: readonly Words[], asked: Asked) => readonly Words[];

interface Task {
  readonly asked: Asked;
  readonly endsAtMs: number;
  readonly isFailed: boolean;
}

const GOODS = 2;
const REFUNDS = 4;
const APPLE = 2;
const BEIJING_AHEAD_MS = 8 * HOUR_MS;
const TASK_MAX_MS = 10 * SECOND_MS;
const SETTLED_AFTER_MS = 3 * DAY_MS;
const FEE_PERCENT = 1;
/** The states that `refund_status` can ask for. 0 asks for all. */
const REFUND_STATES = { 2: 'SUCCESS', 4: 'PROCESSING', 5: 'FAILED' } as const;

const PAYMENT_COLUMNS =
  'order_id,wx_order_id,openid,order_type,status,paid_fee,coupon_fee,left_fee,paid_time,platform_fee_fen';
const REFUND_COLUMNS =
  'order_id,wx_order_id,openid,order_type,status,refund_fee,paid_time,pay_order_id,pay_wx_order_id';

const dayOf = (atMs: number) =>
  Number(new Date(atMs + BEIJING_AHEAD_MS).toISOString().slice(0, 10).replaceAll('-', ''));

/** A value as spreadsheets write it: in quotes when needed. */
function written(value: unknown): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The lists of one mini-program. */
export class XpayLists {
  /** What is wrong with every list that is made from now on; null for nothing. */
  planted: PlantedInLists | null = null;
  readonly #ledger: XpayLedger;
  readonly #tasks = new Map<string, Task>();

  constructor(ledger: XpayLedger) {
    this.#ledger = ledger;
  }

  /** Starts to make a list, and answers the task's number. Takes this share of ten seconds. @throws XpayRefused */
  start(
    asked: Asked,
    how: { readonly now: number; readonly share: number; readonly isFailed: boolean },
  ): string {
    if (asked.begin_ds > asked.end_ds) throw new XpayRefused('words', 'begin_ds');
    const id = `task${String(this.#tasks.size + 1).padStart(12, '0')}`;
    const endsAtMs = how.now + Math.round(how.share * TASK_MAX_MS);
    this.#tasks.set(id, { asked, endsAtMs, isFailed: how.isFailed });
    return id;
  }

  /** The state of a task. `host` is where its list can be downloaded. @throws XpayRefused when there is no such task */
  task({ task_id: id }: XpayBody<'/xpay/query_download_order'>, now: number, host: string): Words {
    const task = this.#tasks.get(id);
    if (task === undefined) throw new XpayRefused('absent');
    if (now < task.endsAtMs) return { status: 1 };
    if (task.isFailed) return { status: 3 };
    const expiresAt = Math.floor((now + HOUR_MS / 2) / SECOND_MS);
    // Only this machine is reached without TLS.
    const scheme = /^(?:127\.0\.0\.1|localhost)(?::|$)/.test(host) ? 'http' : 'https';
    return { status: 2, download_url: `${scheme}://${host}/xpay/lists/${id}.csv`, expire_at: expiresAt };
  }

  /** The list of a finished task; null when there is none. */
  file(name: string, now: number): string | null {
    const task = this.#tasks.get(name.replace(/\.csv$/, ''));
    if (task === undefined || now < task.endsAtMs) return null;
    const { asked } = task;
    const lines = asked.order_type === REFUNDS ? this.#refunds(asked) : this.#payments(asked, now);
    const columns = asked.order_type === REFUNDS ? REFUND_COLUMNS : PAYMENT_COLUMNS;
    const told = this.planted === null ? lines : this.planted(lines, asked);
    const rows = told.map((line) =>
      columns
        .split(',')
        .map((name) => written(line[name] ?? ''))
        .join(','),
    );
    return `\uFEFF${[columns, ...rows].join('\r\n')}\r\n`;
  }

  #isAsked({ begun }: XpayPayment, asked: Asked, atMs: number): boolean {
    const day = dayOf(atMs);
    const isOfDay = day >= asked.begin_ds && day <= asked.end_ds;
    return isOfDay && begun.asked.env === asked.env && begun.isApple === (asked.pay_channel === APPLE);
  }

  #payments(asked: Asked, now: number): Words[] {
    if (asked.order_type !== GOODS) return [];
    const isMeant = (payment: XpayPayment) =>
      this.#isAsked(payment, asked, payment.paidAtMs) &&
      (payment.providedAtMs !== null) === asked.is_provided;
    return [...this.#ledger.payments.values()].filter(isMeant).map((payment) => {
      const isSettled = now >= payment.paidAtMs + SETTLED_AFTER_MS;
      return {
        ...paymentWords(payment, this.#ledger.refundsOf(payment)),
        openid: payment.begun.openid,
        platform_fee_fen: isSettled
          ? Math.round(((payment.paidFen + payment.couponFen) * FEE_PERCENT) / 100)
          : '',
      };
    });
  }

  #refunds(asked: Asked): Words[] {
    const { refund_status: status = 0 } = asked;
    const isMeant = (refund: XpayRefund) =>
      this.#isAsked(refund.payment, asked, refund.finishedAtMs ?? refund.createdAtMs) &&
      (status === 0 || refund.state === REFUND_STATES[status]);
    return [...this.#ledger.refunds.values()].filter(isMeant).map((refund) => ({
      ...refundWords(refund),
      openid: refund.payment.begun.openid,
      paid_time: Math.floor((refund.finishedAtMs ?? refund.createdAtMs) / SECOND_MS),
      pay_order_id: refund.payment.orderNumber,
      pay_wx_order_id: refund.payment.wxOrderId,
    }));
  }
}
