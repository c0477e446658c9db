import * as z from 'zod';
import * as identities from '../../shared/data/identity/identities.ts';
import * as usedCodes from '../../shared/data/identity/usedCodes.ts';
import * as users from '../../shared/data/identity/users.ts';
import { withWechat } from '../../shared/domain/identity/takeOver.ts';
import { userView } from '../../shared/domain/identity/user.ts';
import { fail } from '../../shared/errors.ts';
import { bindIdentity } from '../../shared/flows/identity/bindIdentity.ts';
import { refuseWayIn } from '../../shared/flows/identity/refuseWayIn.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { LoginCode, UserView } from '../../shared/schemas/identity/user.ts';

/**
 * Binds the caller's WeChat account, from the code that `wx.login` gave. From then on they can pay and log in by
 * WeChat. Another user may already belong to that account. If that user has no order, access, points, coupon or gift,
 * the caller takes the account over and that user's sessions end. Otherwise nothing is bound, and staff get a case.
 */
export const bindWechat = http(
  {
    route: 'POST /api/me/wechat/bind',
    auth: 'member',
    input: z.strictObject({ code: LoginCode }),
    output: UserView,
    errors: [
      'auth.code_invalid',
      'auth.login_blocked',
      'auth.second_factor_required',
      'user.wechat_bound',
      'user.wechat_taken',
      'wechat.unavailable',
    ],
    cost: 'platform',
    limit: { max: 10, windowMs: 15 * MINUTE_MS },
  },
  async ({ input, user, now, ports }) => {
    const { openid, unionid, sessionKey } = await ports.wechat.codeToSession(input.code);
    const proof = { unionid, sessionKeySealed: ports.secrets.seal('session-key', sessionKey) };
    const codeDigest = ports.secrets.digest('login-code', input.code);
    const id = identities.wechatId(openid);
    const bound = await ports.database.tx(async (tx) => {
      const taker = await users.get(tx, user.id);
      const identity = await identities.find(tx, id);
      const used = await usedCodes.find(tx, codeDigest);
      // A retry whose first answer was lost: the caller used this code, and the account is bound to them.
      if (used?.userId === taker.id && identity?.userId === taker.id) return taker;
      if (used !== null) throw fail('auth.code_invalid', { detail: 'the code was used before' });
      await refuseWayIn(tx, user);
      if (taker.openid !== null && taker.openid !== openid) throw fail('user.wechat_bound');
      await usedCodes.insert(tx, { id: codeDigest, userId: taker.id, usedAtMs: now });
      if ((await bindIdentity(tx, ports.database, { id, identity, taker, proof, now })) !== null) return null;
      const after = withWechat(taker, openid, now);
      await users.save(tx, taker, after);
      return after;
    });
    if (bound === null) throw fail('user.wechat_taken');
    return userView(bound);
  },
);
