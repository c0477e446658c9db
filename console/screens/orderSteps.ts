/** What became of an order, in the order of time. */
import { yuan } from '../../client/fen.ts';
import type { StaffOrderView } from '../../client/types.ts';
import { wordOf } from '../engine/schema.ts';

/** One thing that happened. */
export interface Step {
  readonly atMs: number;
  readonly says: string;
  /** Whose reason or words stand below; null for none. */
  readonly note: string | null;
}

const secondOf = ({ atMs }: Step) => Math.floor(atMs / 1000);

type Maybe = Omit<Step, 'atMs'> & { readonly atMs: number | null | undefined };

const at = (atMs: number | null | undefined, says: string, note: string | null = null): Maybe => ({
  atMs,
  says,
  note,
});

function ofOrder({ order, payment }: StaffOrderView): readonly Maybe[] {
  const paid = `支付 ${yuan(order.payableFen)}，${wordOf('rail', order.rail)}`;
  const closed =
    order.closeReason === null ? '订单关闭' : `订单关闭：${wordOf('closeReason', order.closeReason)}`;
  return [
    at(order.createdAtMs, `下单，${wordOf('platform', order.platform)}`),
    at(payment?.prepayAtMs, '向渠道发起支付'),
    at(order.paidAtMs, order.isHonoured ? `${paid}（关闭后到账，照常发货）` : paid),
    at(order.closedAtMs, closed),
  ];
}

function ofRefunds({ refunds }: StaffOrderView): readonly Maybe[] {
  return refunds.flatMap((refund) => {
    const sum = yuan(refund.refundFen);
    const asked = `申请退款 ${sum}：${wordOf('refundReason', refund.reason)}`;
    return [
      at(refund.requestedAtMs, asked, refund.words),
      ...refund.approvals.map(({ atMs, reason }) => at(atMs, `同意退款 ${sum}`, reason)),
      at(refund.rejected?.atMs, `拒绝退款 ${sum}`, refund.rejected?.reason ?? null),
      at(refund.finishedAtMs, `退款 ${sum}：${wordOf('refundState', refund.state)}`),
    ];
  });
}

function ofMatters({ exceptions, cases }: StaffOrderView): readonly Maybe[] {
  return [
    ...exceptions.flatMap(({ kind, createdAtMs, detail, resolution }) => [
      at(createdAtMs, `异常款项：${wordOf('exceptionKind', kind)}`, detail),
      at(resolution?.atMs, '异常款项已处理', resolution?.note ?? null),
    ]),
    ...cases.flatMap(({ kind, openedAtMs, closedAtMs, story, resolution }) => [
      at(openedAtMs, `工单：${wordOf('caseKind', kind)}`, story),
      at(closedAtMs, '工单已关闭', resolution),
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
