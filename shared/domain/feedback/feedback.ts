/**
 * What people tell the shop.
 *
 *   open ── staff answer ──▶ answered ── fourteen days ──▶ closed
 *    ▲                          │
 *    └──── its author reopens ──┘
 */
import { fail } from '../../errors.ts';
import { DAY_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import {
  type Feedback,
  type FeedbackAsked,
  type FeedbackKind,
  type FeedbackTurn,
  type FeedbackView,
  TURNS_MAX,
} from '../../schemas/feedback/feedback.ts';

/** How long after an answer its author may reopen it. */
export const REOPEN_MS = 14 * DAY_MS;

/** Kinds that a person hears of at once, because the law counts hours. */
const URGENT: readonly FeedbackKind[] = ['infringement'];

/** Whether staff get a case as soon as it is told. */
export const isUrgent = ({ kind }: Pick<Feedback, 'kind'>): boolean => URGENT.includes(kind);

/** A new feedback, which waits for an answer. */
export function tell(asked: FeedbackAsked, userId: UserId, now: TimeMs): Feedback {
  const { words, ...about } = asked;
  const turns: FeedbackTurn[] = [{ from: 'user', by: userId, words, atMs: now }];
  return { ...about, userId, state: 'open', turns, sinceAtMs: now, createdAtMs: now };
}

/**
 * The stored feedback, as the answer to a repeat. It may have been answered since.
 * @throws feedback.id_taken when the id was used by somebody else or for something else
 */
export function toldBefore(stored: Feedback, asked: FeedbackAsked, userId: UserId): Feedback {
  const [first] = stored.turns;
  const isSame = stored.userId === userId && stored.kind === asked.kind && first?.words === asked.words;
  if (!isSame) throw fail('feedback.id_taken');
  return stored;
}

/** What somebody says, having seen so many turns. */
export interface Said {
  readonly by: UserId;
  readonly words: string;
  readonly seenTurns: number;
}

/** The turns with one more; null when this is a repeat of the last one, whose first answer was lost. */
function withTurn(before: Feedback, turn: FeedbackTurn, seenTurns: number): readonly FeedbackTurn[] | null {
  const last = before.turns.at(-1);
  const isRepeat =
    before.turns.length === seenTurns + 1 &&
    last?.from === turn.from &&
    last.by === turn.by &&
    last.words === turn.words;
  if (isRepeat) return null;
  if (before.turns.length !== seenTurns)
    throw fail('feedback.turn_changed', { params: { turns: before.turns.length } });
  if (seenTurns >= TURNS_MAX) throw fail('feedback.too_long', { params: { turnsMax: TURNS_MAX } });
  return [...before.turns, turn];
}

/**
 * The feedback with an answer of staff. A repeat returns the same object.
 * @throws feedback.turn_changed when something was said meanwhile; feedback.not_open when it has an answer;
 * feedback.too_long
 */
export function answer(before: Feedback, { by, words, seenTurns }: Said, now: TimeMs): Feedback {
  const turns = withTurn(before, { from: 'staff', by, words, atMs: now }, seenTurns);
  if (turns === null) return before;
  if (before.state !== 'open') throw fail('feedback.not_open');
  return { ...before, state: 'answered', turns: [...turns], sinceAtMs: now };
}

/**
 * The feedback, open again with more words of its author. A repeat returns the same object.
 * @throws feedback.turn_changed when something was said meanwhile; feedback.not_answered while it waits for an answer;
 * feedback.too_late fourteen days after the answer; feedback.too_long
 */
export function reopen(before: Feedback, { by, words, seenTurns }: Said, now: TimeMs): Feedback {
  const turns = withTurn(before, { from: 'user', by, words, atMs: now }, seenTurns);
  if (turns === null) return before;
  if (before.state !== 'answered') throw fail('feedback.not_answered');
  if (now >= before.sinceAtMs + REOPEN_MS) throw fail('feedback.too_late');
  return { ...before, state: 'open', turns: [...turns], sinceAtMs: now };
}

/** A feedback as its author sees it. */
export function feedbackView(feedback: Feedback, now: TimeMs): FeedbackView {
  const { id, kind, orderId, images, turns, sinceAtMs, createdAtMs } = feedback;
  const untilMs = timeMs(sinceAtMs + REOPEN_MS);
  const canReopen = feedback.state === 'answered' && now < untilMs && turns.length < TURNS_MAX;
  const state = feedback.state === 'answered' && now >= untilMs ? 'closed' : feedback.state;
  return {
    ...{ id, kind, orderId, createdAtMs, state },
    turns: turns.map(({ from, words, atMs }) => ({ from, words, atMs })),
    reopenUntilMs: canReopen ? untilMs : null,
    imageCount: images.length,
  };
}
