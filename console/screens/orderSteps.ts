/** What became of an order, in the order of time. */
import type { StaffOrderView } from '../../client/types.ts';
import { wordOf } from '../engine/schema.ts';
import { type TagTone, toneOf } from '../tones.ts';

/** One thing that happened. */
export interface Step {
  readonly atMs: number;
  readonly says: string;
  /** The money it is about; null for none. */
  readonly amountFen: number | null;
  readonly tone: TagTone;
  /** Whose reason or words stand below; null for none. */
  readonly note: string | null;
}

const secondOf = ({ atMs }: Step) => Math.floor(atMs / 1000);

type Maybe = Omit<Step, 'atMs'> & { readonly atMs: number | null | undefined };

const at = (
  atMs: number | null | undefined,
  says: string,
  more: Partial<Omit<Step, 'atMs' | 'says'>> = {},
): Maybe => ({ atMs, says, amountFen: null, tone: 'dull', note: null, ...more });

function ofOrder({ order, payment }: StaffOrderView): readonly Maybe[] {
  const paid = `支付，${wordOf('rail', order.rail)}`;
  const closed =
    order.closeReason === null ? '订单关闭' : `订单关闭：${wordOf('closeReason', order.closeReason)}`;
  return [
    at(order.createdAtMs, `下单，${wordOf('platform', order.platform)}`, { tone: 'info' }),
    at(payment?.prepayAtMs, '向渠道发起支付'),
    at(order.paidAtMs, order.isHonoured ? `${paid}（关闭后到账，照常发货）` : paid, {
      ...{ amountFen: order.payableFen, tone: 'good' },
    }),
    at(order.closedAtMs, closed),
  ];
}

function ofRefunds({ refunds }: StaffOrderView): readonly Maybe[] {
  return refunds.flatMap((refund) => {
    const { refundFen: amountFen, rejected, state } = refund;
    const asked = `申请退款：${wordOf('refundReason', refund.reason)}`;
    return [
      at(refund.requestedAtMs, asked, { amountFen, tone: 'warn', note: refund.words }),
      ...refund.approvals.map(({ atMs, reason: note }) =>
        at(atMs, '同意退款', { amountFen, tone: 'info', note }),
      ),
      at(rejected?.atMs, '拒绝退款', { amountFen, tone: 'bad', note: rejected?.reason ?? null }),
      at(refund.finishedAtMs, `退款：${wordOf('refundState', state)}`, {
        ...{ amountFen, tone: toneOf('refundState', state) },
      }),
    ];
  });
}

function ofMatters({ exceptions, cases }: StaffOrderView): readonly Maybe[] {
  return [
    ...exceptions.flatMap(({ kind, createdAtMs, detail, resolution }) => [
      at(createdAtMs, `异常款项：${wordOf('exceptionKind', kind)}`, { tone: 'bad', note: detail }),
      at(resolution?.atMs, '异常款项已处理', { tone: 'good', note: resolution?.note ?? null }),
    ]),
    ...cases.flatMap(({ kind, openedAtMs, closedAtMs, story, resolution }) => [
      at(openedAtMs, `工单：${wordOf('caseKind', kind)}`, { tone: 'warn', note: story }),
      at(closedAtMs, '工单已关闭', { tone: 'good', note: resolution }),
    ]),
  ];
}

/**
 * The steps, the first one first. Rails tell whole seconds, so what happened in the same second stays in the order of
 * an order's life.
 */
export function stepsOf(view: StaffOrderView): readonly Step[] {
  const all = [...ofOrder(view), ...ofRefunds(view), ...ofMatters(view)];
  return all
    .flatMap(({ atMs, ...rest }) => (atMs === null || atMs === undefined ? [] : [{ atMs, ...rest }]))
    .sort((a, b) => secondOf(a) - secondOf(b));
}
