/** The bills of a very busy day on both rails, as files, and read by the product's own adapters. */
import { Bills } from '../../local/simulators/wxpay/bills.ts';
import { Ledger } from '../../local/simulators/wxpay/ledger.ts';
import { tradeBills } from '../../shared/adapters/wxpay/bill.ts';
import { xpayBill } from '../../shared/adapters/xpay/bill.ts';
import { listed } from '../../shared/data/collection.ts';
import * as receipts from '../../shared/data/payments/receipts.ts';
import { dayOf } from '../../shared/domain/day.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Bill } from '../../shared/ports/rail.ts';
import { DAY_MS, timeMs } from '../../shared/schemas/base.ts';
import type { Day } from '../../shared/schemas/books/journal.ts';

/** The middle of the days that are reconciled: the newest orders are some weeks old. */
const BACK_DAYS = 70;
/** Everything that was paid in forty days counts as paid in one. */
const AROUND_DAYS = 20;
/** How many lines a bill has. What the shop has not sold itself was sold by another app of the same merchant. */
const LINES = 10_000;
const OURS = { appid: 'wx0000000000000001', merchantId: '1900000001' };
const THEIRS = 'wx0000000000000002';
const ORIGIN = 'https://lists.invalid';

/** The bills of one day. */
export interface BusyBills {
  readonly day: Day;
  wxpay(): Promise<Bill>;
  /** Two lists have lines, ten thousand each: of payments and of refunds. */
  xpay(): Promise<Bill>;
}

async function wxpayFile({ database, clock }: Ports, day: Day) {
  const at = (days: number) => timeMs(clock.now() - (BACK_DAYS + days) * DAY_MS);
  const within = { from: at(AROUND_DAYS), below: at(-AROUND_DAYS) };
  const paid = await listed(receipts.paidWithin(database, 'wxpay', within));
  const bills = new Bills(new Ledger(), { appid: OURS.appid, mchid: OURS.merchantId });
  bills.planted = () =>
    Array.from({ length: LINES }, (_, n) => {
      const own = paid[n];
      const line = { currency: 'CNY', refund: null, feeFen: 0 };
      if (own === undefined) {
        const numbers = { transactionId: `42000${n}`, orderNumber: `other${n}`, openid: '' };
        return { ...line, ...numbers, atMs: clock.now(), totalFen: 100, cells: { 公众账号ID: THEIRS } };
      }
      const { transactionId, orderId: orderNumber, amountFen: totalFen, paidAtMs: atMs, openid } = own;
      return { ...line, transactionId, orderNumber, totalFen, atMs, openid: openid ?? '' };
    });
  const named = bills.named(new URLSearchParams({ bill_date: day }), clock.now());
  const token = new URL(String(named.download_url)).searchParams.get('token') ?? '';
  return { named, file: bills.file(token) ?? Buffer.alloc(0) };
}

const xpayLine = (n: number) => ({
  order_id: `refund_${n}`,
  wx_order_id: `4300${n}`,
  openid: `openid_${n % 500}`,
  order_type: '1',
  status: '5',
  paid_fee: '9900',
  coupon_fee: '0',
  platform_fee_fen: '',
  refund_fee: '9900',
  paid_time: String(1_790_000_000 + n),
  pay_order_id: `order_${n}`,
  pay_wx_order_id: `4200${n}`,
});

function xpayFile(): Buffer {
  const lines = Array.from({ length: LINES }, (_, n) => Object.values(xpayLine(n)).join(','));
  return Buffer.from([Object.keys(xpayLine(0)).join(','), ...lines].join('\r\n'));
}

/** Makes the files. Reading them afterwards is the product's own work. */
export async function busyBills(ports: Ports): Promise<BusyBills> {
  const { clock, loop } = ports;
  const day = dayOf(timeMs(clock.now() - BACK_DAYS * DAY_MS));
  const { named, file } = await wxpayFile(ports, day);
  const api = {
    call: async () => ({ status: 200, json: named, code: null, refusal: null }),
    download: async () => file,
  };
  const list = xpayFile();
  const empty = list.subarray(0, list.indexOf('\r\n'));
  let asked: Readonly<Record<string, unknown>> = {};
  const complete = (bill: Bill | null): Bill => {
    if (bill === null || bill.unreadable.length > 0) throw new Error('a bill cannot be read');
    return bill;
  };
  return {
    day,
    wxpay: async () => complete(await tradeBills({ api, loop, ...OURS }, [day])),
    xpay: async () =>
      complete(
        await xpayBill(
          {
            loop,
            call: async (path, words) => {
              if (path === '/xpay/start_download_order') asked = words;
              const json = { task_id: 'task', status: 2, download_url: `${ORIGIN}/list.csv` };
              return { json, refusal: null };
            },
            // Lists of Apple's, and of goods that were not delivered, are empty.
            send: async () => {
              const hasLines = asked.pay_channel === 1 && asked.is_provided !== false;
              return { status: 200, headers: {}, body: hasLines ? list : empty };
            },
            listOrigins: [ORIGIN],
            pause: ports.pause,
          },
          [day],
        ),
      ),
  };
}
