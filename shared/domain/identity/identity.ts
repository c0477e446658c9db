/** Identities: what is stored for each way to log in. */
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Identity } from '../../schemas/identity/user.ts';

/** WeChat's answer at the newest login. The session key is already sealed. */
export interface WechatProof {
  readonly unionid: string | null;
  readonly sessionKeySealed: string;
}

/** The identity of a WeChat account that logs in for the first time. */
export function wechatIdentity(asked: {
  readonly id: string;
  readonly userId: UserId;
  readonly proof: WechatProof;
  readonly now: TimeMs;
}): Identity {
  const { id, userId, proof, now } = asked;
  return { id, userId, createdAtMs: now, ...proof, sessionKeyAtMs: now, passwordHash: null };
}

/** The identity of a WeChat account that logs in again. At WeChat only the newest session key is valid. */
export function renewedIdentity(identity: Identity, proof: WechatProof, now: TimeMs): Identity {
  return {
    ...identity,
    unionid: proof.unionid ?? identity.unionid,
    sessionKeySealed: proof.sessionKeySealed,
    sessionKeyAtMs: now,
  };
}

/** The identity of a user name, with the hashed password. */
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
