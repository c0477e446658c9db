/**
 * The money of questions in the journal, beside the entries of their orders. What was paid is held in two accounts that
 * are both empty when no question is open. What goes back leaves them, and what is kept is earned.
 */
import { type BasisPoints, type Fen, fen, type TimeMs } from '../../schemas/base.ts';
import type { Account, JournalCause, JournalEntry } from '../../schemas/books/journal.ts';
import type { Question } from '../../schemas/questions/question.ts';
import { entry } from '../books/journal.ts';
import { dayOf } from '../day.ts';
import { end, isHeld, settle } from './question.ts';

/** A question, and the entries that its step writes. */
export interface Booked {
  readonly question: Question;
  readonly entries: readonly JournalEntry[];
}

/** The share of what is kept, in fen, rounded down. Example: 7,000 basis points of 999 fen are 699 fen. */
export function shareFen(netFen: number, shareBp: BasisPoints): number {
  return Math.floor((netFen * shareBp) / 10_000);
}

function written(
  { id, orderId }: Question,
  what: { readonly name: string; readonly cause: JournalCause },
  lines: readonly (readonly [Account, number])[],
  now: TimeMs,
): JournalEntry[] {
  const made = { id: `j_${id}_${what.name}`, cause: what.cause, orderId, lines };
  const one = entry({ ...made, dayShanghai: dayOf(now), atMs: now });
  return one === null ? [] : [one];
}

/** The entry for a paid question: its money is held. */
export function heldEntries(question: Question, now: TimeMs): readonly JournalEntry[] {
  const { paidFen } = question;
  const lines = [['deferred:question', paidFen] as const, ['liab:escrow', -paidFen] as const];
  return written(question, { name: 'held', cause: 'question_held' }, lines, now);
}

/**
 * The question with what has gone back of its money in all, `backFen`. Before it is settled that leaves what is held;
 * afterwards the expert loses the share of it, so that the share is always that of what is kept.
 */
function takeBack(question: Question, backFen: Fen, now: TimeMs): Booked {
  const movedFen = backFen - question.backFen;
  if (movedFen === 0) return { question, entries: [] };
  const after = { ...question, backFen, updatedAtMs: now };
  const name = `back_${backFen}`;
  if (isHeld(question)) {
    const lines = [['liab:escrow', movedFen] as const, ['deferred:question', -movedFen] as const];
    return { question: after, entries: written(question, { name, cause: 'question_returned' }, lines, now) };
  }
  const keptFen = (of: Question) => shareFen(of.paidFen - of.backFen, of.shareBp);
  const lostFen = question.settledAtMs === null ? 0 : keptFen(question) - keptFen(after);
  const lines = [['payable:payee', lostFen] as const, ['cost:payee', -lostFen] as const];
  return { question: after, entries: written(question, { name, cause: 'question_unearned' }, lines, now) };
}

/**
 * The question, settled: what was kept is earned, and the expert's share of it is owed. `backFen` is what has gone back
 * of its money in all.
 * @throws question.not_open
 */
export function settleBooked(before: Question, backFen: Fen, now: TimeMs): Booked {
  const { question: held, entries } = takeBack(before, backFen, now);
  const question = settle(held, now);
  const netFen = fen(question.paidFen - question.backFen);
  const share = fen(shareFen(netFen, question.shareBp));
  const lines = [
    ['liab:escrow', netFen] as const,
    ['deferred:question', -netFen] as const,
    ['cost:payee', share] as const,
    ['payable:payee', -share] as const,
  ];
  const earned = written(question, { name: 'earned', cause: 'question_earned' }, lines, now);
  return { question, entries: [...entries, ...earned] };
}

/** What an order says of the money of its question. */
export interface LineMoney {
  /** What of the line has gone back. */
  readonly refundedFen: Fen;
  /** Whether nothing of it is left with us: all money is back, or a line that cost nothing was taken back. */
  readonly isAllBack: boolean;
}

/**
 * The question after money of its order went back, for whatever reason. With all of it back it is returned. What is
 * left of a judged one is settled once the part that was judged is back, whoever gave it back. Safe to repeat.
 */
export function bookRefunded(before: Question, money: LineMoney, now: TimeMs): Booked {
  const { refundedFen, isAllBack } = money;
  const { question, entries } = takeBack(before, refundedFen, now);
  if (isAllBack) return { question: end(question, now), entries };
  const { judgement } = question;
  if (judgement === null || !isHeld(question) || refundedFen < judgement.backFen)
    return { question, entries };
  const settled = settleBooked(question, refundedFen, now);
  return { ...settled, entries: [...entries, ...settled.entries] };
}
