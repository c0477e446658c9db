import * as z from 'zod';
import * as inboxes from '../../shared/data/inbox/inboxes.ts';
import * as messages from '../../shared/data/inbox/messages.ts';
import { messageView } from '../../shared/domain/inbox/inbox.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { InboxPage } from '../../shared/schemas/inbox/message.ts';

/** Lists what the shop has told the caller within half a year, the newest first, and which of it they have read. */
export const listMessages = http(
  {
    route: 'GET /api/me/messages',
    auth: 'member',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: InboxPage,
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, user, ports }) => {
    const [page, inbox] = await Promise.all([
      messages.ofUser(ports.database, user.id, { limit, cursor }),
      inboxes.find(ports.database, user.id),
    ]);
    return { items: page.items.map((each) => messageView(each, inbox)), nextCursor: page.nextCursor };
  },
);
