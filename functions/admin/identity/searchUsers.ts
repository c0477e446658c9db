import * as z from 'zod';
import { staffUserRow } from '../../../shared/domain/identity/staff.ts';
import { usersCalled } from '../../../shared/flows/identity/usersCalled.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { http } from '../../../shared/function.ts';
import { BodyPageSize, Cursor, text } from '../../../shared/schemas/base.ts';
import { AnyReason, StaffUserPage } from '../../../shared/schemas/identity/staff.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/**
 * Searches users by what they are called: the beginnings of words of their nickname, the beginning of the user name, or
 * the whole id or phone number.
 *
 * A page may be shorter than the limit. A user who is found in two ways may come twice. The audit log records who
 * searched and which users they were shown. It is a `POST`, so that the words stay out of access logs.
 */
export const searchUsers = http(
  {
    route: 'POST /api/admin/users/search',
    auth: { may: 'user.view' },
    input: z.strictObject({
      words: text(60),
      reason: AnyReason,
      cursor: Cursor.optional(),
      limit: BodyPageSize,
    }),
    output: StaffUserPage,
    errors: [],
  },
  async ({ input: { words, reason, cursor = null, limit = PAGE_SIZE }, ports, ...call }) => {
    const page = await usersCalled(ports, { words, isNarrow: false, cursor, limit });
    const details = { shown: page.items.map(({ id }) => id) };
    await logReading({ ports, ...call }, { action: 'user.search', target: 'users', reason, details });
    return { items: page.items.map(staffUserRow), nextCursor: page.nextCursor };
  },
);
