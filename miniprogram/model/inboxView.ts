/** Messages in the inbox. */
import type { MessageView } from '../../client/types.ts';
import { deviceTime } from './deviceTime.ts';

/** A message as the inbox shows it. */
export interface MessageRow {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly when: string;
  readonly isRead: boolean;
  /** The page that it opens, without a slash in front. */
  readonly page: string;
  /** What is read aloud. */
  readonly label: string;
}

/** The message in words. */
export function messageRow(message: MessageView, nowMs: number): MessageRow {
  const { id, title, text, page, isRead, createdAtMs } = message;
  const label = `${isRead ? '' : '未读，'}${title}，${text}`;
  return { id, title, text, when: deviceTime(createdAtMs, nowMs), isRead, page, label };
}

/** How many are unread, on a badge: empty for none, and `99+` above that. */
export function unreadBadge(count: number | null): string {
  if (count === null || count === 0) return '';
  return count > 99 ? '99+' : String(count);
}
