import * as z from 'zod';
import * as sessions from '../../shared/data/identity/sessions.ts';
import * as users from '../../shared/data/identity/users.ts';
import { isGood, sessionView } from '../../shared/domain/identity/session.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize, pageOf } from '../../shared/schemas/base.ts';
import { SessionView } from '../../shared/schemas/identity/user.ts';

/**
 * Lists the caller's open sessions, the newest login first.
 *
 * Ended sessions are left out of a page. So a page may hold fewer than `limit` and still not be the last.
 */
export const listSessions = http(
  {
    route: 'GET /api/me/sessions',
    auth: 'member',
    input: z.strictObject({ limit: PageSize, cursor: Cursor.optional() }),
    output: pageOf(SessionView),
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, user, now, ports }) => {
    const owner = await users.get(ports.database, user.id);
    const page = await sessions.ofUser(ports.database, { userId: user.id, limit, cursor });
    const items = page.items
      .filter((session) => isGood(session, owner, now))
      .map((session) => sessionView(session, owner.role, user.sessionId));
    return { items, nextCursor: page.nextCursor };
  },
);
