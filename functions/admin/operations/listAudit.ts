import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize, QueryTimeMs, text } from '../../../shared/schemas/base.ts';
import { Actor, AuditPage } from '../../../shared/schemas/operations/audit.ts';

/**
 * Lists the audit log, newest first: all entries, those of one member of staff, or those about one target.
 *
 * `target` is the id of a user, an order, a product and so on. The hashes can be compared with the output of `npm run
 * staff -- verify-audit`.
 */
export const listAudit = http(
  {
    route: 'GET /api/admin/audit',
    auth: { may: 'audit.view' },
    input: z
      .strictObject({
        actorId: Actor.optional(),
        target: text(300).optional(),
        fromAtMs: QueryTimeMs.optional(),
        /** Exclusive. */
        untilAtMs: QueryTimeMs.optional(),
        limit: PageSize,
        cursor: Cursor.optional(),
      })
      .refine(({ actorId, target }) => actorId === undefined || target === undefined),
    output: AuditPage,
    errors: [],
  },
  async ({ input, ports }) => {
    const { limit = 20, cursor = null, ...filter } = input;
    const { items, nextCursor } = await audit.list(ports.database, filter, { limit, cursor });
    return { items: [...items], nextCursor };
  },
);
