import * as z from 'zod';
import * as legalTexts from '../../shared/data/identity/legalTexts.ts';
import { legalTextView } from '../../shared/domain/identity/legal.ts';
import { fail } from '../../shared/errors.ts';
import { http } from '../../shared/function.ts';
import { LegalKind, LegalTextView, LegalVersion } from '../../shared/schemas/identity/legal.ts';

/**
 * Shows a text that people agree to: the one that holds now, or an older version. `counted` names the versions to which
 * an agreement counts now.
 */
export const getLegalText = http(
  {
    route: 'GET /api/legal/{kind}',
    auth: 'public',
    input: z.strictObject({ kind: LegalKind, version: LegalVersion.optional() }),
    output: LegalTextView,
    errors: ['legal.not_found'],
  },
  async ({ input: { kind, version }, ports: { database } }) => {
    const current = await legalTexts.findCurrent(database, kind);
    if (current === null) throw fail('legal.not_found');
    const text = await legalTexts.find(database, { kind, version: version ?? current.version });
    if (text === null) throw fail('legal.not_found');
    return legalTextView(text, current);
  },
);
