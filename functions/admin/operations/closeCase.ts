import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as cases from '../../../shared/data/operations/cases.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import { closeCase as close } from '../../../shared/domain/identity/staff.ts';
import { refuseIfHolding } from '../../../shared/domain/refunds/refundCase.ts';
import { refuseIfDisputed } from '../../../shared/flows/questions/judgeDisputed.ts';
import { refuseIfUndecided } from '../../../shared/flows/review/reviewCase.ts';
import { http } from '../../../shared/function.ts';
import { Resolution } from '../../../shared/schemas/identity/staff.ts';
import { Case, CaseId } from '../../../shared/schemas/operations/case.ts';

/**
 * Closes a case with a note about what was done. Closing a closed case changes nothing: the first note stays. A case
 * that holds an approved refund back is closed by `resumeRefund`, because money follows, and one about something that
 * waits for a decision by `decideReview`, or for a judgement by `judgeQuestion`.
 */
export const closeCase = http(
  {
    route: 'POST /api/admin/cases/close',
    auth: { may: 'case.close' },
    input: z.strictObject({ caseId: CaseId, resolution: Resolution }),
    output: z.object({ case: Case }),
    errors: ['case.not_found', 'case.holds_refund', 'case.needs_decision'],
  },
  async ({ input: { caseId, resolution }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const closed = await ports.database.tx(async (tx) => {
      const before = await cases.get(tx, caseId);
      if (before.refundId !== null) refuseIfHolding(before, await refunds.find(tx, before.refundId));
      await refuseIfUndecided(tx, before);
      await refuseIfDisputed(tx, before);
      const after = close(before, { by: user.id, resolution, atMs: now });
      if (after === before) return before;
      await cases.save(tx, before, after);
      const what = { action: 'case.close', target: caseId, reason: resolution, now, requestId };
      await audit.append(tx, { id: auditId, actorId: user.id, ...what, before, after });
      return after;
    });
    return { case: closed };
  },
);
