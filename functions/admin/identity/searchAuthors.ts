import * as z from 'zod';
import { usersCalled } from '../../../shared/flows/identity/usersCalled.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { authorsOf } from '../../../shared/flows/talk/authorsOf.ts';
import { http } from '../../../shared/function.ts';
import { BodyPageSize, Cursor, pageOf, text } from '../../../shared/schemas/base.ts';
import { AuthorView } from '../../../shared/schemas/talk/author.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/**
 * Searches people who may teach or assist in a group, by the beginnings of words of their nickname or by the whole id.
 *
 * It shows what everybody sees of somebody who writes, and finds nobody by a user name or a phone number. The audit log
 * records who searched and which users they were shown. A page may be shorter than the limit.
 */
export const searchAuthors = http(
  {
    route: 'POST /api/admin/authors/search',
    auth: { may: 'group.manage' },
    input: z.strictObject({ words: text(60), cursor: Cursor.optional(), limit: BodyPageSize }),
    output: pageOf(AuthorView),
    errors: [],
    cost: 'signature',
  },
  async ({ input: { words, cursor = null, limit = PAGE_SIZE }, ports, ...call }) => {
    const page = await usersCalled(ports, { words, isNarrow: true, cursor, limit });
    const shown = page.items.map(({ id }) => id);
    const reading = { action: 'author.search', target: 'users', reason: null, details: { shown } };
    await logReading({ ports, ...call }, reading);
    const author = await authorsOf(ports, shown, call.now);
    return { items: shown.flatMap((id) => author(id) ?? []), nextCursor: page.nextCursor };
  },
);
