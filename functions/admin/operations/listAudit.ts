import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize, QueryTimeMs, text } from '../../../shared/schemas/base.ts';
import { Actor, AuditPage } from '../../../shared/schemas/operations/audit.ts';

/**
 * Lists the audit log, newest first: all of it, or what one member of staff did, or what was done to one thing.
 *
 * `target` is the id of a user, an order, a product and so on. The hashes are there to be compared with what
 * `npm run staff -- verify-audit` says.
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
