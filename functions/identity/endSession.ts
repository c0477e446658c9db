import * as z from 'zod';
import * as sessions from '../../shared/data/identity/sessions.ts';
import { endSession as end } from '../../shared/domain/identity/session.ts';
import { fail } from '../../shared/errors.ts';
import { http } from '../../shared/function.ts';
import { SessionId } from '../../shared/schemas/identity/user.ts';

/** Ends one of the caller's sessions, such as that of a lost phone. Safe to repeat. */
export const endSession = http(
  {
    route: 'POST /api/me/sessions/{sessionId}/end',
    auth: 'member',
    input: z.strictObject({ sessionId: SessionId }),
    output: z.object({}),
    errors: ['session.not_found'],
  },
  async ({ input: { sessionId }, user, now, ports }) => {
    await ports.database.tx(async (tx) => {
      const session = await sessions.find(tx, sessionId);
      if (session === null || session.userId !== user.id) throw fail('session.not_found');
      if (session.revokedAtMs === null) await sessions.save(tx, session, end(session, now));
    });
    return {};
  },
);
