/** What stands where a thing would stand: while it is read, when there is none, and when it cannot be read. */
import type { Failure } from './failure.ts';
import type { Loaded } from './loaded.ts';

/** The content of the part `state-line`. */
export interface StateLine {
  readonly kind: 'loading' | 'empty' | Failure['kind'];
  readonly title: string;
  /** What is beside it, such as the number to give to support; empty for nothing. */
  readonly note: string;
  /** What the button says; empty for no button. */
  readonly action: string;
}

/** What is said when there is nothing, and the way on. `action` is empty where there is none. */
export interface Empty {
  readonly title: string;
  readonly action: string;
}

const loading: StateLine = { kind: 'loading', title: '正在加载', note: '', action: '' };

/** What is said of a failure. */
export function failureLine({ kind, message, requestId }: Failure): StateLine {
  const note = requestId === null ? '' : `请求编号 ${requestId}`;
  if (kind === 'login') return { kind, title: '登录后查看', note: '', action: '去登录' };
  return { kind, title: message, note, action: kind === 'refused' ? '' : '重试' };
}

/**
 * What stands in place of what is loaded; null when there is something to show. `isEmpty` says whether a value counts
 * as nothing.
 */
export function stateLineOf<T>(
  { value, failure }: Loaded<T>,
  empty: Empty | null = null,
  isEmpty: (value: T) => boolean = () => false,
): StateLine | null {
  if (value !== null) {
    if (empty === null || !isEmpty(value)) return null;
    return { kind: 'empty', title: empty.title, note: '', action: empty.action };
  }
  return failure === null ? loading : failureLine(failure);
}

/** The same line, with a way on from a refusal: what it asked for is not there, so asking again leads nowhere. */
export function leadOn(line: StateLine | null, action: string): StateLine | null {
  return line?.kind === 'refused' ? { ...line, action } : line;
}

/** What stands below a list: its next page is read, could not be read, or there is none. Null for nothing. */
export function moreLineOf(more: Loaded<unknown>, hasNext: boolean, count: number): StateLine | null {
  if (more.failure !== null) return failureLine(more.failure);
  if (more.isLoading) return loading;
  return !hasNext && count > 0 ? { kind: 'empty', title: '没有更多了', note: '', action: '' } : null;
}
