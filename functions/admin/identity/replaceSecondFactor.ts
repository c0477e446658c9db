import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { authenticatorUrl } from '../../../shared/domain/identity/secondFactor.ts';
import { fail } from '../../../shared/errors.ts';
import { countShown, newSeed, taken } from '../../../shared/flows/identity/secondFactor.ts';
import { http } from '../../../shared/function.ts';
import { SecondFactorShown } from '../../../shared/schemas/identity/secondFactor.ts';

/**
 * Begins to move the caller's second factor to another app, and answers that app's key, which is shown only once.
 *
 * The caller proves the present factor by a code of the old app or by a recovery code, which is used up. The old app
 * and its recovery codes stay valid until `confirmSecondFactor` has seen a code of the new app. The caller is never
 * without a factor.
 */
export const replaceSecondFactor = http(
  {
    route: 'POST /api/admin/second-factor/replace',
    auth: { may: 'second_factor.own' },
    input: z.strictObject({ secondFactor: SecondFactorShown }),
    output: z.object({
      /** Base32, to type into the app. */
      key: z.string(),
      /** An `otpauth://…` URL, to show as a QR code. */
      url: z.string(),
    }),
    errors: ['auth.second_factor_wrong', 'factor.not_started'],
  },
  async ({ input, user, now, ports, requestId }) => {
    await countShown(ports, user.id);
    const { key, seedSealed } = newSeed(ports);
    const auditId = ports.ids.make('aud');
    const { nickname } = await ports.database.tx(async (tx) => {
      const owner = await users.get(tx, user.id);
      const before = await secondFactors.find(tx, user.id);
      if (before?.state !== 'on') throw fail('factor.not_started');
      // This key is stored only if this same transaction already committed and its answer was lost.
      if (before.nextSeedSealed === seedSealed) return owner;
      const after = { ...taken(ports, before, input.secondFactor, now), nextSeedSealed: seedSealed };
      await secondFactors.save(tx, before, after);
      const own = { actorId: user.id, target: user.id, reason: null, now, requestId };
      const [from, to] = [before, after].map(({ recoveryDigests }) => ({
        recoveryCodes: recoveryDigests.length,
      }));
      const change = { before: from ?? null, after: to ?? null };
      await audit.append(tx, { id: auditId, action: 'second_factor.replace', ...own, ...change });
      return owner;
    });
    return { key, url: authenticatorUrl(nickname, key) };
  },
);
