/** Refunds as their buyers see them: what would go back, who decides, and how a request stands. */
import { yuan } from '../../client/fen.ts';
import type { RefundQuote, RefundView } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceTime } from './deviceTime.ts';
import type { StateTone } from './orderView.ts';
import { percent } from './terms.ts';

/** One line that could go back. `why` says why nothing goes back by itself; empty when the policy covers it. */
export interface RefundLineView {
  readonly id: string;
  readonly title: string;
  readonly paid: string;
  readonly back: string;
  readonly about: string;
  readonly why: string;
  readonly mayChoose: boolean;
}

/** A refund before it is asked for. */
export interface RefundQuoteView {
  readonly lines: readonly RefundLineView[];
  readonly total: string;
  readonly decision: string;
  /** What else comes back or goes: points and the coupon. */
  readonly besides: readonly string[];
  /** `ask` can be asked for, `apple` is asked of Apple, `none` has nothing left. */
  readonly way: 'ask' | 'apple' | 'none';
  readonly button: string;
}

/** How to ask Apple, in order. */
export const APPLE_STEPS: readonly string[] = [
  '用浏览器打开 reportaproblem.apple.com，登录付款时使用的 Apple 账户。',
  '在“我想要”中选择“申请退款”，再选择原因。',
  '选中这笔购买并提交。苹果公司会用邮件答复。',
  '苹果公司退款后，对应的内容会自动收回。',
];

const decisions: Readonly<Record<RefundQuote['by'], string>> = {
  automatic: '符合退款规则，提交后立即同意，款项按原路退回。',
  staff: '须由客服审核，结果会显示在订单里。',
  apple: '这笔订单由苹果公司收款，只能向苹果公司申请退款。',
  none: '这笔订单没有可退的金额。',
};

const ways = { automatic: 'ask', staff: 'ask', apple: 'apple', none: 'none' } as const;

/** What a refund would give back. */
export function refundQuoteView(quote: RefundQuote): RefundQuoteView {
  const { by, refundFen, pointsReturned, pointsTaken, couponReturns } = quote;
  const isAutomatic = by === 'automatic';
  return {
    lines: quote.lines.map(({ productId, title, paidFen, leftFen, policyFen, progress, whyNot }) => ({
      id: productId,
      title,
      paid: yuan(paidFen),
      back: yuan(whyNot === 'nothing_left' ? 0 : isAutomatic ? policyFen : leftFen),
      about: progress > 0 ? `已学 ${percent(progress)}` : '尚未学习',
      why: whyNot === null || whyNot === 'ask_apple' ? '' : words.notRefundable[whyNot],
      mayChoose: whyNot !== 'nothing_left' && by !== 'apple',
    })),
    total: yuan(refundFen),
    decision: decisions[by],
    besides: [
      ...(pointsReturned > 0 ? [`退回抵扣的 ${pointsReturned} 积分`] : []),
      ...(pointsTaken > 0 ? [`扣回获得的 ${pointsTaken} 积分`] : []),
      ...(couponReturns ? ['优惠券退回您的账户'] : []),
    ],
    way: ways[by],
    button: isAutomatic ? `退款 ${yuan(refundFen)}` : `申请退款 ${yuan(refundFen)}`,
  };
}

/** A refund that was asked for. */
export interface RefundCardView {
  readonly id: string;
  readonly state: string;
  readonly tone: StateTone;
  readonly amount: string;
  readonly note: string;
  readonly asked: string;
}

const tones: Readonly<Record<RefundView['state'], StateTone>> = {
  requested: 'wait',
  rejected: 'bad',
  approved: 'wait',
  processing: 'wait',
  success: 'good',
  closed: 'bad',
  abnormal: 'bad',
};

function refundNote({ state, rejectedBecause, finishedAtMs }: RefundView, nowMs: number): string {
  switch (state) {
    case 'requested':
      return '客服会尽快审核';
    case 'rejected':
      return rejectedBecause ?? '';
    case 'approved':
    case 'processing':
      return '已同意，款项正在原路退回';
    case 'success':
      return finishedAtMs === null ? '' : `${deviceTime(finishedAtMs, nowMs)} 退回`;
    case 'closed':
    case 'abnormal':
      return '退款没有成功，客服会与您联系';
  }
}

/** A refund in a list. */
export function refundCard(refund: RefundView, nowMs: number): RefundCardView {
  return {
    id: refund.id,
    // Whether the rail was told already matters to staff only.
    state: words.refundState[refund.state === 'approved' ? 'processing' : refund.state],
    tone: tones[refund.state],
    amount: yuan(refund.refundFen),
    note: refundNote(refund, nowMs),
    asked: deviceTime(refund.requestedAtMs, nowMs),
  };
}

/** The shortest reason that says anything. */
const WORDS_MIN = 2;
/** The longest reason that the server takes. */
export const REFUND_WORDS_MAX = 200;

/** What is wrong with a reason; empty when it is good. */
export function wordsProblem(typed: string): string {
  const { length } = typed.trim();
  if (length < WORDS_MIN) return '请写几个字说明原因';
  return length > REFUND_WORDS_MAX ? `原因不能超过 ${REFUND_WORDS_MAX} 字` : '';
}
