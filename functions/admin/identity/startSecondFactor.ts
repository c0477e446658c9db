import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { authenticatorUrl } from '../../../shared/domain/identity/secondFactor.ts';
import { fail } from '../../../shared/errors.ts';
import { checkPasswordOf } from '../../../shared/flows/identity/checkPasswordOf.ts';
import { newSeed } from '../../../shared/flows/identity/secondFactor.ts';
import { http } from '../../../shared/function.ts';
import { Password, UserName } from '../../../shared/schemas/identity/user.ts';

/**
 * Begins to set up a second factor: answers the key for an authenticator app, once. Nothing is asked for at a login
 * before `confirmSecondFactor`, and beginning again makes another key.
 *
 * Takes the caller's name and password once more: with a session alone, somebody who has stolen it would be the one
 * who holds the factor.
 */
export const startSecondFactor = http(
  {
    route: 'POST /api/admin/second-factor',
    auth: { may: 'second_factor.own', secondFactor: 'shows' },
    input: z.strictObject({ userName: UserName, password: Password }),
    output: z.object({
      /** In base32, to be typed in. */
      key: z.string(),
      /** `otpauth://…`, to be shown as a QR code. */
      url: z.string(),
    }),
    errors: ['auth.password_wrong', 'factor.already_on'],
    cost: 'password',
  },
  async ({ input, user, address, now, ports, requestId }) => {
    await checkPasswordOf(ports, { ...input, address, lane: 'account', owner: user.id });
    const { key, seedSealed } = newSeed(ports);
    const auditId = ports.ids.make('aud');
    await ports.database.tx(async (tx) => {
      const before = await secondFactors.find(tx, user.id);
      if (before?.state === 'on') throw fail('factor.already_on');
      await secondFactors.put(tx, before, {
        id: user.id,
        state: 'started',
        seedSealed,
        lastStep: 0,
        recoveryDigests: [],
        createdAtMs: now,
        updatedAtMs: now,
      });
      const own = { actorId: user.id, target: user.id, reason: null, now, requestId };
      const change = { before: { secondFactor: before?.state ?? 'off' }, after: { secondFactor: 'started' } };
      await audit.append(tx, { id: auditId, action: 'second_factor.start', ...own, ...change });
    });
    return { key, url: authenticatorUrl(input.userName, key) };
  },
);
