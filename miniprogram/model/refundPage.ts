/** The page on which a refund is asked for. */
import type { ProductId, RefundQuote } from '../../client/types.ts';
import type { Failure } from './failure.ts';
import type { Loaded } from './loaded.ts';
import { APPLE_STEPS, type RefundLineView, refundQuoteView, wordsProblem } from './refundView.ts';
import { failureLine, type StateLine, stateLineOf } from './stateLine.ts';

/** What the page knows. */
export interface RefundModel {
  /** What the whole order would give back. */
  readonly whole: Loaded<RefundQuote>;
  /** What the chosen lines would give back; unread when all are chosen. */
  readonly part: Loaded<RefundQuote>;
  /** The chosen lines; null for all that are left. */
  readonly chosen: readonly ProductId[] | null;
  readonly words: string;
  readonly isAsking: boolean;
  readonly failure: Failure | null;
  /** Whether the reason is said to be missing. */
  readonly isChecked: boolean;
  readonly isTyping: boolean;
}

/** What the template reads. */
export interface RefundPageView {
  readonly state: StateLine | null;
  readonly way: 'ask' | 'apple' | 'none' | '';
  readonly decision: string;
  readonly lines: readonly (RefundLineView & { readonly isChosen: boolean })[];
  readonly mayChoose: boolean;
  readonly besides: readonly string[];
  readonly steps: readonly string[];
  readonly reasons: readonly string[];
  readonly words: string;
  readonly problem: string;
  readonly button: string;
  readonly isBusy: boolean;
  readonly isTyping: boolean;
  readonly failure: StateLine | null;
}

/** Reasons that one tap writes. */
const REASONS: readonly string[] = ['买错了', '不想学了', '内容与介绍不符', '无法正常观看'];

/** The lines that are chosen after one was tapped; null for all. At least one stays chosen. */
export function chosenAfter(
  { whole, chosen }: Pick<RefundModel, 'whole' | 'chosen'>,
  tapped: ProductId,
): readonly ProductId[] | null {
  const open = (whole.value?.lines ?? []).filter(({ whyNot }) => whyNot !== 'nothing_left');
  const all = open.map(({ productId }) => productId);
  const before = chosen ?? all;
  const after = all.filter((id) => before.includes(id) !== (id === tapped));
  if (after.length === 0) return chosen;
  return after.length === all.length ? null : after;
}

/** The page. */
export function refundPage(model: RefundModel): RefundPageView {
  const { whole, part, chosen, words, failure, isAsking, isChecked, isTyping } = model;
  const quote = chosen === null ? whole : part;
  const shown = quote.value === null ? null : refundQuoteView(quote.value);
  const lines = whole.value === null ? [] : refundQuoteView(whole.value).lines;
  const way = shown?.way ?? '';
  const wrong = failure ?? part.failure;
  return {
    state: stateLineOf(whole),
    way,
    decision: shown?.decision ?? '',
    lines: lines.map((line) => ({
      ...line,
      isChosen: line.mayChoose && (chosen === null || chosen.includes(line.id)),
    })),
    mayChoose: way === 'ask' && lines.filter(({ mayChoose }) => mayChoose).length > 1,
    besides: shown?.besides ?? [],
    steps: way === 'apple' ? APPLE_STEPS : [],
    reasons: REASONS,
    words,
    problem: isChecked ? wordsProblem(words) : '',
    button: shown?.button ?? '',
    isBusy: isAsking || quote.isLoading,
    isTyping,
    failure: wrong === null ? null : failureLine(wrong),
  };
}
