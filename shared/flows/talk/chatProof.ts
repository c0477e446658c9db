import * as identities from '../../data/identity/identities.ts';
import * as users from '../../data/identity/users.ts';
import { provenChat } from '../../domain/talk/drop.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { OpenGid, TimeMs, UserId } from '../../schemas/base.ts';
import type { Drop, GroupProof } from '../../schemas/talk/drop.ts';

/**
 * The chat of WeChat from which a user claims a drop; null for a drop that does not ask for one. What the phone got is
 * opened with the session key of the user's newest login, so nobody can show what somebody else got.
 * @throws drop.not_yours with the reason: `no_proof`, or one of `provenChat`
 */
export async function chatProof(
  { database, secrets, wechat }: Pick<Ports, 'database' | 'secrets' | 'wechat'>,
  drop: Drop,
  by: { readonly userId: UserId; readonly proof: GroupProof | null; readonly now: TimeMs },
): Promise<OpenGid | null> {
  const { userId, proof, now } = by;
  if (drop.audience.kind !== 'wechat_group') return null;
  if (proof === null) throw fail('drop.not_yours', { params: { reason: 'no_proof' } });
  const { openid } = await users.get(database, userId);
  const identity = openid === null ? null : await identities.find(database, identities.wechatId(openid));
  const sealed = identity?.sessionKeySealed ?? null;
  const sessionKey = sealed === null ? null : secrets.open('session-key', sealed);
  return provenChat(drop, sessionKey === null ? null : wechat.openChat({ ...proof, sessionKey }), now);
}
