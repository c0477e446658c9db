import * as z from 'zod';
import * as users from '../../shared/data/identity/users.ts';
import { withdrawConsent as withdraw } from '../../shared/domain/identity/legal.ts';
import { userView } from '../../shared/domain/identity/user.ts';
import { saveConsent } from '../../shared/flows/identity/saveConsent.ts';
import { http } from '../../shared/function.ts';
import { ConsentPlace, LegalKind } from '../../shared/schemas/identity/legal.ts';
import { UserView } from '../../shared/schemas/identity/user.ts';

/**
 * Takes back what the caller had agreed to, from now on. Nothing that was bought depends on it. Who has not agreed
 * changes nothing.
 */
export const withdrawConsent = http(
  {
    route: 'DELETE /api/me/consents/{kind}',
    auth: 'member',
    input: z.strictObject({ kind: LegalKind, ...ConsentPlace.shape }),
    output: UserView,
    errors: [],
  },
  async ({ input: { kind, ...place }, user, now, ports }) => {
    const after = await ports.database.tx(async (tx) => {
      const before = await users.get(tx, user.id);
      return saveConsent(tx, before, withdraw(before, kind, { ...place, now }));
    });
    return userView(after);
  },
);
