import * as z from 'zod';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { authenticatorUrl, enrol } from '../../../shared/domain/identity/secondFactor.ts';
import { checkPasswordOf } from '../../../shared/flows/identity/checkPasswordOf.ts';
import { countShown, enrolmentDigest, newSeed } from '../../../shared/flows/identity/secondFactor.ts';
import { http } from '../../../shared/function.ts';
import { EnrolmentCode } from '../../../shared/schemas/identity/secondFactor.ts';
import { Password, UserName } from '../../../shared/schemas/identity/user.ts';

/**
 * Begins to set up a second factor: answers the key for an authenticator app, once. It counts after
 * `confirmSecondFactor`; beginning again makes another key.
 *
 * Takes the code to enrol by, which the caller got from who appointed them: who knows only a password, or has stolen a
 * session, cannot become the one who holds the factor. Takes the name and the password once more as well.
 */
export const startSecondFactor = http(
  {
    route: 'POST /api/admin/second-factor',
    auth: { may: 'second_factor.own', secondFactor: 'shows' },
    input: z.strictObject({ userName: UserName, password: Password, enrolmentCode: EnrolmentCode }),
    output: z.object({
      /** In base32, to be typed in. */
      key: z.string(),
      /** `otpauth://…`, to be shown as a QR code. */
      url: z.string(),
    }),
    errors: ['auth.password_wrong', 'auth.enrolment_code_wrong', 'factor.already_on'],
    cost: 'password',
  },
  async ({ input, user, address, now, ports, requestId }) => {
    const { userName, password, enrolmentCode } = input;
    await countShown(ports, user.id);
    await checkPasswordOf(ports, { userName, password, address, lane: 'account', owner: user.id });
    const { key, seedSealed } = newSeed(ports);
    const digest = enrolmentDigest(ports, user.id, enrolmentCode);
    const auditId = ports.ids.make('aud');
    await ports.database.tx(async (tx) => {
      const before = await secondFactors.find(tx, user.id);
      await secondFactors.put(tx, before, enrol(before, { digest, seedSealed, now }));
      const own = { actorId: user.id, target: user.id, reason: null, now, requestId };
      const change = { before: { secondFactor: 'invited' }, after: { secondFactor: 'started' } };
      await audit.append(tx, { id: auditId, action: 'second_factor.start', ...own, ...change });
    });
    return { key, url: authenticatorUrl(userName, key) };
  },
);
