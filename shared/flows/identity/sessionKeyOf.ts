import * as identities from '../../data/identity/identities.ts';
import { renewedIdentity } from '../../domain/identity/identity.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';

/**
 * The session key with which a buyer's phone signs payments now. With a fresh `wx.login` code it is the key of that
 * very login, even if others log in at the same time. Without a code it is the newest stored key, if WeChat confirms
 * that it is still valid.
 * @throws auth.session_key_ended when the phone has to log in again and send the code; auth.code_invalid,
 * auth.login_blocked, request.too_many, wechat.unavailable
 */
export async function sessionKeyOf(
  ports: Pick<Ports, 'database' | 'wechat' | 'secrets'>,
  asked: { readonly openid: string; readonly code: string | null; readonly now: TimeMs },
): Promise<string> {
  const { openid, code, now } = asked;
  const id = identities.wechatId(openid);
  if (code === null) {
    const sealed = (await identities.find(ports.database, id))?.sessionKeySealed ?? null;
    const sessionKey = sealed === null ? null : ports.secrets.open('session-key', sealed);
    if (sessionKey !== null && (await ports.wechat.checkSession({ openid, sessionKey }))) return sessionKey;
    throw fail('auth.session_key_ended');
  }
  const { openid: theirs, unionid, sessionKey } = await ports.wechat.codeToSession(code);
  if (theirs !== openid) throw fail('auth.code_invalid', { detail: 'a code of somebody else' });
  const proof = { unionid, sessionKeySealed: ports.secrets.seal('session-key', sessionKey) };
  await ports.database.tx(async (tx) => {
    const identity = await identities.find(tx, id);
    if (identity !== null) await identities.save(tx, identity, renewedIdentity(identity, proof, now));
  });
  return sessionKey;
}
