import * as z from 'zod';
import * as identities from '../../../shared/data/identity/identities.ts';
import * as secondFactors from '../../../shared/data/identity/secondFactors.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { staffUserView } from '../../../shared/domain/identity/staff.ts';
import { wholePhone } from '../../../shared/domain/identity/user.ts';
import { fail } from '../../../shared/errors.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { http } from '../../../shared/function.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import { pasted, UserId } from '../../../shared/schemas/base.ts';
import { AnyReason, StaffUserView } from '../../../shared/schemas/identity/staff.ts';
import { UserName } from '../../../shared/schemas/identity/user.ts';

/**
 * Finds the user with exactly this user name, openid or phone number.
 *
 * If several users share a phone number, as in a family, the answer is the one who registered first, with the ids of
 * the others. Only whole values match, so nobody can browse people. The route is a POST because a URL would be kept in
 * the logs of every proxy. The audit log records who looked, and the reason if they gave one.
 */
export const findUser = http(
  {
    route: 'POST /api/admin/users/find',
    auth: { may: 'user.view' },
    input: z.strictObject({
      by: z.union([
        z.strictObject({ userName: UserName }),
        z.strictObject({ openid: pasted(/^[A-Za-z0-9_-]{6,64}$/) }),
        /** A mobile number of mainland China without the country code. */
        z.strictObject({ phone: pasted(/^1[0-9]{10}$/) }),
      ]),
      reason: AnyReason,
    }),
    output: z.object({ user: StaffUserView, samePhoneIds: z.array(UserId) }),
    errors: ['user.not_found'],
  },
  async ({ input: { by, reason }, ports, ...call }) => {
    const [id, ...samePhoneIds] = await idsOf(ports, by);
    if (id === undefined) throw fail('user.not_found');
    const found = await users.get(ports.database, id);
    const factor = await secondFactors.find(ports.database, found.id);
    await logReading({ ports, ...call }, { action: 'user.find', target: found.id, reason });
    return { user: staffUserView(found, factor), samePhoneIds };
  },
);

async function idsOf(
  { database, secrets }: Pick<Ports, 'database' | 'secrets'>,
  by: { readonly userName: string } | { readonly openid: string } | { readonly phone: string },
): Promise<readonly UserId[]> {
  if ('phone' in by) {
    const digest = secrets.digest('phone', wholePhone('86', by.phone));
    return (await users.ofPhone(database, digest)).map(({ id }) => id);
  }
  const id = 'openid' in by ? identities.wechatId(by.openid) : identities.nameId(by.userName);
  const identity = await identities.find(database, id);
  return identity === null ? [] : [identity.userId];
}
