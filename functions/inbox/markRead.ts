import * as z from 'zod';
import * as inboxes from '../../shared/data/inbox/inboxes.ts';
import { newInbox } from '../../shared/domain/inbox/delivery.ts';
import { readUntil } from '../../shared/domain/inbox/inbox.ts';
import { http } from '../../shared/function.ts';
import { TimeMs } from '../../shared/schemas/base.ts';

/** Marks everything as read that the caller was told until a moment. An earlier moment changes nothing. */
export const markRead = http(
  {
    route: 'POST /api/me/messages/read',
    auth: 'member',
    input: z.strictObject({ untilAtMs: TimeMs }),
    output: z.object({ readAtMs: TimeMs }),
    errors: [],
  },
  ({ input: { untilAtMs }, user, now, ports }) =>
    ports.database.tx(async (tx) => {
      const before = await inboxes.find(tx, user.id);
      const after = readUntil(before ?? newInbox(user.id, now), untilAtMs, now);
      await inboxes.save(tx, before, after);
      return { readAtMs: after.readAtMs };
    }),
);
