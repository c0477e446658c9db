import * as z from 'zod';
import * as inboxes from '../../shared/data/inbox/inboxes.ts';
import * as messages from '../../shared/data/inbox/messages.ts';
import { http } from '../../shared/function.ts';
import { timeMs } from '../../shared/schemas/base.ts';
import { UNREAD_MAX } from '../../shared/schemas/inbox/message.ts';

/** Counts the messages that the caller has not read, up to 100. */
export const countUnread = http(
  {
    route: 'GET /api/me/messages/unread',
    auth: 'member',
    input: z.strictObject({}),
    output: z.object({ count: z.int().min(0).max(UNREAD_MAX) }),
    errors: [],
  },
  async ({ user, ports }) => {
    const afterMs = (await inboxes.find(ports.database, user.id))?.readAtMs ?? timeMs(0);
    return { count: (await messages.since(ports.database, user.id, { afterMs, limit: UNREAD_MAX })).length };
  },
);
