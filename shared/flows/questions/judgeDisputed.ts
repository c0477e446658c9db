import * as audit from '../../data/operations/audit.ts';
import * as cases from '../../data/operations/cases.ts';
import * as questions from '../../data/questions/questions.ts';
import { judge, judgedFen } from '../../domain/questions/question.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { type BasisPoints, fen, QuestionId, type TimeMs } from '../../schemas/base.ts';
import type { Caller } from '../../schemas/identity/caller.ts';
import type { Case } from '../../schemas/operations/case.ts';
import type { Judgement, Question } from '../../schemas/questions/question.ts';
import { leftOf, mayGiveBack, returnMoney } from './returnMoney.ts';
import { orderOf, settleQuestion } from './settleQuestion.ts';

interface Judging {
  readonly input: { readonly id: QuestionId; readonly refundBp: BasisPoints; readonly reason: string };
  readonly user: Caller;
  readonly ports: Ports;
  readonly now: TimeMs;
  readonly requestId: string;
}

/**
 * Judges a disputed question, once: what goes back is refunded, the rest is earned when that is back, the case is
 * closed, and the audit log says why.
 * @throws question.not_found, question.not_disputed, staff.not_yourself, refund.ask_apple
 */
export function judgeDisputed({ input, user, ports, now, requestId }: Judging): Promise<void> {
  const { id, refundBp, reason } = input;
  return ports.database.tx(async (tx) => {
    const before = await questions.get(tx, id);
    if (user.id === before.userId || user.id === before.expertId) throw fail('staff.not_yourself');
    if (before.judgement?.by === user.id && before.judgement.refundBp === refundBp) return;
    const order = await orderOf(tx, before);
    const leftFen = leftOf(order, before);
    const refundFen = judgedFen(refundBp, leftFen);
    const backFen = fen(before.paidFen - leftFen + refundFen);
    const judgement: Judgement = { refundBp, backFen, by: user.id, reason, atMs: now };
    const judged = judge(before, judgement);
    if (refundFen > 0 && !mayGiveBack(order, ports)) throw fail('refund.ask_apple');
    const by = { refundFen, by: user.id, reason };
    if (refundFen > 0)
      await returnMoney(tx, judged, { cause: 'judged', judged: by }, { ports, now, requestId });
    // Money that is on its way by another refund is waited for.
    else if (!(await settleQuestion(tx, judged, { now, requestId })))
      await questions.save(tx, before, judged);
    await closeDispute(tx, before, judgement);
    await audit.append(tx, {
      ...{
        id: `question.judge:${id}:${before.dispute?.atMs ?? 0}`,
        actorId: user.id,
        action: 'question.judge',
      },
      ...{ target: id, reason, before: { state: before.state }, after: judgement, now, requestId },
    });
  });
}

/** Refuses to close the case of a question that waits for a judgement. @throws case.needs_decision */
export async function refuseIfDisputed(tx: Tx, { id, kind }: Case): Promise<void> {
  if (kind !== 'question_dispute') return;
  const question = await questions.find(tx, QuestionId.parse(id.slice(kind.length + 1)));
  if (question?.state === 'disputed') throw fail('case.needs_decision');
}

async function closeDispute(tx: Tx, { id }: Question, { by, reason, atMs }: Judgement): Promise<void> {
  const open = await cases.find(tx, { kind: 'question_dispute', cause: id });
  if (open?.state !== 'open') return;
  const closed = { state: 'closed', closedAtMs: atMs, closedBy: by, resolution: reason } as const;
  await cases.save(tx, open, { ...open, ...closed });
}
