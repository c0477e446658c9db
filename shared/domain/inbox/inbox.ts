/** What a user sees of their inbox. */
import { type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Inbox, Message, MessageView } from '../../schemas/inbox/message.ts';
import { wordsOf } from './messageKinds.ts';

/** A message as its user sees it. What came until they last read is read. */
export function messageView(
  { id, subject, page, createdAtMs }: Message,
  inbox: Pick<Inbox, 'readAtMs'> | null,
): MessageView {
  const isRead = createdAtMs <= (inbox?.readAtMs ?? 0);
  return { id, kind: subject.kind, ...wordsOf(subject), page, isRead, createdAtMs };
}

/** The inbox, read until a moment that is not ahead. It never becomes unread again. */
export function readUntil(inbox: Inbox, untilAtMs: TimeMs, now: TimeMs): Inbox {
  const readAtMs = timeMs(Math.min(untilAtMs, now));
  return readAtMs <= inbox.readAtMs ? inbox : { ...inbox, readAtMs, updatedAtMs: now };
}
