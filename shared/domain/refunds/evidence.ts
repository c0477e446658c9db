/** Our answer when a buyer has asked Apple for a refund. Apple decides; we say what we know. */

import type { Usage } from '../../schemas/access/usage.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Evidence } from '../../schemas/refunds/evidence.ts';
import { dayOf } from '../day.ts';

/** The answer in the platform's format. `result_code` 0: we do not object. 1: we object. */
export interface InquiryAnswer {
  readonly result_code: 0 | 1;
  readonly result_info: string;
  readonly evidence: string;
}

/** The answer that is true of every order, for when there is no time to look, or when we must not say more. */
export const GENERAL_ANSWER: InquiryAnswer = {
  result_code: 1,
  result_info: '数字内容付款后即时交付',
  evidence: '本店销售数字内容，付款成功后由系统即时开通，用户可立即使用。具体使用情况可联系本店客服核实。',
};

/** The evidence for an order that was paid through Apple; null for any other order. */
export function newEvidence(order: Order, paidAtMs: TimeMs): Evidence | null {
  const [line] = order.lines;
  if (order.rail !== 'xpay' || order.platform !== 'ios' || line === undefined) return null;
  const { productId, title, plan, gifts } = line;
  const isUsedElsewhere = plan !== null || gifts > 0;
  return { id: order.id, userId: order.userId, productId, title, paidAtMs, isUsedElsewhere };
}

/**
 * The answer about one order. We object only when the buyer has used what they bought. The use of memberships and
 * gifts is not recorded under the order, so for them only the general answer is given.
 */
export function inquiryAnswer(evidence: Evidence | null, usage: Usage | null): InquiryAnswer {
  if (evidence === null) {
    return { result_code: 0, result_info: '没有异议', evidence: '本店没有该订单的使用记录。' };
  }
  if (evidence.isUsedElsewhere) return GENERAL_ANSWER;
  const bought = `《${evidence.title}》于 ${dayOf(evidence.paidAtMs)} 付款后即时开通`;
  if (usage === null || (usage.opened.length === 0 && usage.downloadedAtMs === null)) {
    return { result_code: 0, result_info: '用户尚未使用', evidence: `${bought}，用户尚未使用。` };
  }
  const downloaded = usage.downloadedAtMs === null ? '' : `，并于 ${dayOf(usage.downloadedAtMs)} 下载`;
  return {
    result_code: 1,
    result_info: '用户已经使用',
    evidence: `${bought}；用户自 ${dayOf(usage.firstOpenedAtMs)} 起使用，已打开 ${usage.opened.length} 项内容${downloaded}。`,
  };
}
