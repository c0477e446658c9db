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
 * Begins to set up a second factor, and answers the key for an authenticator app, which is shown only once.
 *
 * The factor counts after `confirmSecondFactor`. Beginning again makes another key. The caller gives their enrolment
 * code, which they got from the person who appointed them. They also give their user name and password again. So a
 * stolen password or session is not enough to set up a factor.
 */
export const startSecondFactor = http(
  {
    route: 'POST /api/admin/second-factor',
    auth: { may: 'second_factor.own', secondFactor: 'shows' },
    input: z.strictObject({ userName: UserName, password: Password, enrolmentCode: EnrolmentCode }),
    output: z.object({
      /** Base32, to type into the app. */
      key: z.string(),
      /** An `otpauth://…` URL, to show as a QR code. */
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
      await secondFactors.save(tx, before, enrol(before, { digest, seedSealed, now }));
      const own = { actorId: user.id, target: user.id, reason: null, now, requestId };
      const change = { before: { secondFactor: 'invited' }, after: { secondFactor: 'started' } };
      await audit.append(tx, { id: auditId, action: 'second_factor.start', ...own, ...change });
    });
    return { key, url: authenticatorUrl(userName, key) };
  },
);
