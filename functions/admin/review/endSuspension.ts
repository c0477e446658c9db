import * as z from 'zod';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as writers from '../../../shared/data/review/writers.ts';
import { newWriter, pardon } from '../../../shared/domain/review/trust.ts';
import { fail } from '../../../shared/errors.ts';
import { writerView } from '../../../shared/flows/review/writerView.ts';
import { http } from '../../../shared/function.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { WriterView } from '../../../shared/schemas/review/writer.ts';

/**
 * Lets somebody write again before the seven days of their suspension are over. What was removed stays removed and
 * counted, so they are trusted as little as before, and another removal silences them again. Safe to repeat.
 */
export const endSuspension = http(
  {
    route: 'POST /api/admin/writers/{userId}/suspension/end',
    auth: { may: 'content.review' },
    input: z.strictObject({ userId: UserId, reason: Reason }),
    output: z.object({ writer: WriterView }),
    errors: ['user.not_found', 'staff.not_yourself', 'writing.not_suspended'],
  },
  async ({ input: { userId, reason }, user: actor, now, ports, requestId }) => {
    if (userId === actor.id) throw fail('staff.not_yourself');
    const auditId = ports.ids.make('aud');
    const changed = await ports.database.tx(async (tx) => {
      const user = await users.get(tx, userId);
      const before = (await writers.find(tx, userId)) ?? newWriter(userId, now);
      const after = pardon(before, now);
      if (after === before) return { user, after };
      await writers.save(tx, before, after);
      const what = { action: 'writing.end_suspension', target: userId, reason, now, requestId };
      await audit.append(tx, { id: auditId, actorId: actor.id, ...what, before, after });
      return { user, after };
    });
    return { writer: await writerView(ports.database, changed.user, changed.after, now) };
  },
);
