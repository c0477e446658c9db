/** Identities: what is stored of each way to prove who one is. */
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Identity } from '../../schemas/identity/user.ts';

/** What WeChat said of somebody at their newest login. The session key is sealed already. */
export interface WechatProof {
  readonly unionid: string | null;
  readonly sessionKeySealed: string;
}

/** A WeChat account that comes for the first time. */
export function wechatIdentity(asked: {
  readonly id: string;
  readonly userId: UserId;
  readonly proof: WechatProof;
  readonly now: TimeMs;
}): Identity {
  const { id, userId, proof, now } = asked;
  return { id, userId, createdAtMs: now, ...proof, sessionKeyAtMs: now, passwordHash: null };
}

/** A WeChat account that comes again: only its newest session key opens anything at WeChat. */
export function renewedIdentity(identity: Identity, proof: WechatProof, now: TimeMs): Identity {
  return {
    ...identity,
    unionid: proof.unionid ?? identity.unionid,
    sessionKeySealed: proof.sessionKeySealed,
    sessionKeyAtMs: now,
  };
}

/** A user name with its password, hashed already. */
export function nameIdentity(asked: {
  readonly id: string;
  readonly userId: UserId;
  readonly passwordHash: string;
  readonly now: TimeMs;
}): Identity {
  return {
    id: asked.id,
    userId: asked.userId,
    createdAtMs: asked.now,
    unionid: null,
    sessionKeySealed: null,
    sessionKeyAtMs: null,
    passwordHash: asked.passwordHash,
  };
}
