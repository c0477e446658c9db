import * as z from 'zod';
import * as sessions from '../../shared/data/identity/sessions.ts';
import { endSession } from '../../shared/domain/identity/session.ts';
import { http } from '../../shared/function.ts';

/** Ends the session of this call. Its token is refused from the next call on; other devices stay logged in. */
export const logout = http(
  {
    route: 'POST /api/logout',
    auth: 'member',
    input: z.strictObject({}),
    output: z.object({}),
    errors: [],
  },
  async ({ user, now, ports }) => {
    await ports.database.tx(async (tx) => {
      const session = await sessions.find(tx, user.sessionId);
      if (session !== null) await sessions.save(tx, session, endSession(session, now));
    });
    return {};
  },
);
