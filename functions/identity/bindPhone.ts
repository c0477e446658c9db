import * as z from 'zod';
import * as users from '../../shared/data/identity/users.ts';
import { maskedPhone, userView, wholePhone, withPhone } from '../../shared/domain/identity/user.ts';
import { fail } from '../../shared/errors.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { PhoneCode, UserView } from '../../shared/schemas/identity/user.ts';

/**
 * Binds the caller's phone number, from the code that WeChat's phone number button gave. It replaces the number before.
 *
 * The number is stored sealed, with a digest to find its owner by. Everybody sees it masked, the caller too.
 */
export const bindPhone = http(
  {
    route: 'POST /api/me/phone/bind',
    auth: 'member',
    input: z.strictObject({ code: PhoneCode }),
    output: UserView,
    errors: ['phone.code_invalid', 'phone.wechat_missing', 'wechat.unavailable'],
    cost: 'platform',
    limit: { max: 10, windowMs: 15 * MINUTE_MS },
  },
  async ({ input: { code }, user, now, ports: { database, wechat, secrets } }) => {
    const { openid } = await users.get(database, user.id);
    if (openid === null) throw fail('phone.wechat_missing');
    const { countryCode, number } = await wechat.phoneNumber({ code, openid });
    const whole = wholePhone(countryCode, number);
    const phone = {
      phoneSealed: secrets.seal('phone', whole),
      phoneDigest: secrets.digest('phone', whole),
      phoneMasked: maskedPhone(number),
    };
    const bound = await database.tx(async (tx) => {
      const before = await users.get(tx, user.id);
      const after = withPhone(before, phone, now);
      await users.save(tx, before, after);
      return after;
    });
    return userView(bound);
  },
);
