import * as z from 'zod';
import * as legalTexts from '../../../shared/data/identity/legalTexts.ts';
import { legalTextRow } from '../../../shared/domain/identity/legal.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { LegalKind, LegalTextPage } from '../../../shared/schemas/identity/legal.ts';

/** Lists the versions of a text, newest first, without their words. */
export const listLegalTexts = http(
  {
    route: 'GET /api/admin/legal/{kind}',
    auth: { may: 'compliance.manage' },
    input: z.strictObject({ kind: LegalKind, limit: PageSize, cursor: Cursor.optional() }),
    output: LegalTextPage,
    errors: [],
  },
  async ({ input: { kind, limit = 20, cursor = null }, ports }) => {
    const { items, nextCursor } = await legalTexts.ofKind(ports.database, { kind, limit, cursor });
    return { items: items.map(legalTextRow), nextCursor };
  },
);
