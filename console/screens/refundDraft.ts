/** What is typed to refund lines of an order, and what is asked for then. Sums are whole fen. */
import { fenOf, yuan } from '../../client/fen.ts';
import type { StaffOrderView, StaffRefundAsked } from '../../client/types.ts';
import type { Fault } from '../engine/form.ts';

/** One line of an order, as it is typed. */
export interface DraftLine {
  readonly productId: string;
  readonly title: string;
  /** What can still be asked for, in fen. */
  readonly askableFen: number;
  readonly isIn: boolean;
  /** The sum as text. */
  readonly sum: string;
  readonly takesAccess: boolean;
}

const plain = (fen: number) => yuan(fen).replace(/[¥,]/g, '');

/** The lines that can be refunded: all that is left of each, with its access. */
export function draftOf({
  order,
  refundable,
}: Pick<StaffOrderView, 'order' | 'refundable'>): readonly DraftLine[] {
  return order.lines.flatMap(({ productId, title }) => {
    const askableFen = refundable.find((line) => line.productId === productId)?.askableFen ?? 0;
    const own = { productId, title, askableFen, sum: plain(askableFen), takesAccess: true };
    return askableFen > 0 ? [{ ...own, isIn: order.lines.length === 1 }] : [];
  });
}

/** The lines to send, or what is wrong with them. */
export type Drafted = { readonly lines: StaffRefundAsked['lines'] } | { readonly faults: readonly Fault[] };

/** Reads the lines that are in. */
export function linesOf(draft: readonly DraftLine[]): Drafted {
  const own = draft.filter(({ isIn }) => isIn);
  if (own.length === 0) return { faults: [{ at: 'lines', says: '请选择要退的商品。' }] };
  const faults = own.flatMap(({ productId, sum, askableFen }) => {
    const fen = fenOf(sum);
    if (fen === null) return [{ at: productId, says: '请输入金额，如 12.50。' }];
    if (fen > askableFen) return [{ at: productId, says: `最多可退 ${yuan(askableFen)}。` }];
    return [];
  });
  if (faults.length > 0) return { faults };
  const lines = own.map(({ productId, sum, takesAccess }) => ({
    productId,
    refundFen: fenOf(sum) ?? 0,
    takesAccess,
  }));
  const doesNothing = lines.every(({ refundFen, takesAccess }) => refundFen === 0 && !takesAccess);
  return doesNothing
    ? { faults: [{ at: 'lines', says: '没有要退的金额，也没有要收回的权益。' }] }
    : { lines };
}

/** The sum of what is asked for, in fen; null while something is wrong. */
export function sumOf(drafted: Drafted): number | null {
  return 'faults' in drafted ? null : drafted.lines.reduce((sum, { refundFen }) => sum + refundFen, 0);
}
