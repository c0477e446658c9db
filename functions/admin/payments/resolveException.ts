import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as paymentExceptions from '../../../shared/data/payments/paymentExceptions.ts';
import { resolve } from '../../../shared/domain/identity/staff.ts';
import { http } from '../../../shared/function.ts';
import { Resolution } from '../../../shared/schemas/identity/staff.ts';
import { ExceptionId, TrackedException } from '../../../shared/schemas/payments/payment.ts';

/** Resolves an exception with a note about what was done. Resolving it again changes nothing: the first note stays. */
export const resolveException = http(
  {
    route: 'POST /api/admin/payment-exceptions/resolve',
    auth: { may: 'exception.resolve' },
    input: z.strictObject({ exceptionId: ExceptionId, note: Resolution }),
    output: z.object({ exception: TrackedException }),
    errors: ['exception.not_found'],
  },
  async ({ input: { exceptionId, note }, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const exception = await ports.database.tx(async (tx) => {
      const before = await paymentExceptions.get(tx, exceptionId);
      const after = resolve(before, { by: user.id, note, atMs: now });
      if (after === before) return before;
      await paymentExceptions.save(tx, before, after);
      const what = { action: 'exception.resolve', target: exceptionId, reason: note, now, requestId };
      await audit.append(tx, { id: auditId, actorId: user.id, ...what, before, after });
      return after;
    });
    return { exception };
  },
);
