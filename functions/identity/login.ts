import * as z from 'zod';
import * as identities from '../../shared/data/identity/identities.ts';
import * as usedCodes from '../../shared/data/identity/usedCodes.ts';
import * as users from '../../shared/data/identity/users.ts';
import { renewedIdentity, wechatIdentity } from '../../shared/domain/identity/identity.ts';
import { newUser } from '../../shared/domain/identity/user.ts';
import { fail } from '../../shared/errors.ts';
import { openSession } from '../../shared/flows/identity/openSession.ts';
import { registerUser } from '../../shared/flows/identity/registerUser.ts';
import { http } from '../../shared/function.ts';
import { LoginCode, LoginView } from '../../shared/schemas/identity/user.ts';

/**
 * Logs a learner in by WeChat, from the code that `wx.login` gave, and creates the user when they are new.
 *
 * WeChat is asked before the transaction. One code opens one session, whatever WeChat answers the second time. Two
 * first logins of the same learner at the same moment create one user. The session key is stored sealed and never
 * leaves the server.
 */
export const login = http(
  {
    route: 'POST /api/login',
    auth: 'public',
    input: z.strictObject({ code: LoginCode }),
    output: LoginView,
    errors: ['auth.code_invalid', 'auth.login_blocked', 'auth.user_banned', 'wechat.unavailable'],
    cost: 'platform',
  },
  async ({ input, device, now, ports, requestId }) => {
    const { openid, unionid, sessionKey } = await ports.wechat.codeToSession(input.code);
    const proof = { unionid, sessionKeySealed: ports.secrets.seal('session-key', sessionKey) };
    const codeDigest = ports.secrets.digest('login-code', input.code);
    const id = identities.wechatId(openid);

    return openSession(ports, { now, device }, async (tx, newId) => {
      if ((await usedCodes.find(tx, codeDigest)) !== null) {
        throw fail('auth.code_invalid', { detail: 'the code has opened a session before' });
      }
      const identity = await identities.find(tx, id);
      const userId = identity?.userId ?? newId;
      await usedCodes.insert(tx, { id: codeDigest, userId, usedAtMs: now });
      if (identity === null) {
        const user = newUser({ id: newId, nickname: null, role: 'learner', openid, now });
        return registerUser(tx, user, wechatIdentity({ id, userId, proof, now }), { now, requestId });
      }
      await identities.save(tx, identity, renewedIdentity(identity, proof, now));
      return users.get(tx, userId);
    });
  },
);
