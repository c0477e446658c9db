import * as z from 'zod';
import * as legalTexts from '../../shared/data/identity/legalTexts.ts';
import * as users from '../../shared/data/identity/users.ts';
import { giveConsent as give } from '../../shared/domain/identity/legal.ts';
import { userView } from '../../shared/domain/identity/user.ts';
import { saveConsent } from '../../shared/flows/identity/saveConsent.ts';
import { http } from '../../shared/function.ts';
import { ConsentPlace, LegalKind, LegalVersion } from '../../shared/schemas/identity/legal.ts';
import { UserView } from '../../shared/schemas/identity/user.ts';

/**
 * Agrees to a version of a text, for the caller. It has to be one that counts now (`getLegalText`). Who has agreed to
 * it already changes nothing.
 */
export const giveConsent = http(
  {
    route: 'POST /api/me/consents/{kind}',
    auth: 'member',
    input: z.strictObject({ kind: LegalKind, version: LegalVersion, ...ConsentPlace.shape }),
    output: UserView,
    errors: ['consent.version_unknown'],
  },
  async ({ input: { kind, version, ...place }, user, now, ports }) => {
    const after = await ports.database.tx(async (tx) => {
      const before = await users.get(tx, user.id);
      const text = await legalTexts.find(tx, { kind, version });
      const current = await legalTexts.findCurrent(tx, kind);
      return saveConsent(tx, before, give(before, { text, current, ...place, now }));
    });
    return userView(after);
  },
);
