/** People: users, the ways they prove who they are, and their sessions. */
import * as z from 'zod';
import { httpsUrl, TimeMs, text, UserId } from '../base.ts';

/** What somebody is to the shop. */
export const Role = z.enum(['learner', 'editor', 'support', 'finance', 'admin']);
export type Role = z.infer<typeof Role>;

/** The name somebody logs in with. Upper and lower case are the same name; it is kept in lower case. */
export const UserName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{3,30}$/)
  .toLowerCase();

/** A password as it is typed: any characters. `domain/password.ts` says which are good enough. */
export const Password = z
  .string()
  .min(1)
  .max(512)
  .refine((value) => !/\p{Surrogate}/u.test(value));

/** What `wx.login` gives the phone. */
export const LoginCode = z.string().regex(/^[\x21-\x7e]{1,128}$/);

/** A name others see. */
export const Nickname = text(30);

/** A picture others see. */
export const AvatarUrl = httpsUrl(500);

/** Which version of each text a user has agreed to; null for never, or withdrawn. */
export const Consents = z.strictObject({
  terms: text(20).nullable(),
  privacy: text(20).nullable(),
  analytics: text(20).nullable(),
});
export type Consents = z.infer<typeof Consents>;

/** A stored user. `openid` is null for who has never come by WeChat. */
export const User = z.object({
  id: UserId,
  nickname: Nickname,
  avatarUrl: AvatarUrl.nullable(),
  role: Role,
  state: z.enum(['active', 'banned']),
  openid: z.string().max(64).nullable(),
  consents: Consents,
  /** Which of the user's sessions are good: those of this number. It rises when all of them are to end. */
  sessionGeneration: z.int().min(0),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type User = z.infer<typeof User>;

/** The only thing that makes an identity unique: its id. `wx:<openid>` or `name:<user name in lower case>`. */
export const Identity = z.object({
  id: z.string().max(80),
  userId: UserId,
  createdAtMs: TimeMs,
  /** WeChat only. */
  unionid: z.string().max(64).nullable(),
  /** WeChat only: the session key, sealed, and when it was got; the newest login's. */
  sessionKeySealed: z.string().max(400).nullable(),
  sessionKeyAtMs: TimeMs.nullable(),
  /** User name only. */
  passwordHash: z.string().max(300).nullable(),
});
export type Identity = z.infer<typeof Identity>;

/** A wx.login code that has been used; the id is its digest. */
export const UsedCode = z.object({ id: z.string().max(64), userId: UserId, usedAtMs: TimeMs });
export type UsedCode = z.infer<typeof UsedCode>;

/** A session. The id is the token's SHA-256 in hex; the token itself is stored nowhere. */
export const Session = z.object({
  id: z.string().length(64),
  userId: UserId,
  /** The user's `sessionGeneration` at the login. */
  generation: z.int().min(0),
  /** Whether a second factor was shown in it. */
  hasSecondFactor: z.boolean(),
  createdAtMs: TimeMs,
  expiresAtMs: TimeMs,
  revokedAtMs: TimeMs.nullable(),
});
export type Session = z.infer<typeof Session>;

/** A user as the user sees it. */
export const UserView = z.object({
  id: UserId,
  nickname: z.string(),
  avatarUrl: z.string().nullable(),
  role: Role,
  isWechatBound: z.boolean(),
  consents: Consents,
  createdAtMs: TimeMs,
});
export type UserView = z.infer<typeof UserView>;

/** What a login answers: the token goes into `Authorization: Bearer`. */
export const LoginView = z.object({
  token: z.string(),
  expiresAtMs: TimeMs,
  isNew: z.boolean(),
  user: UserView,
});
export type LoginView = z.infer<typeof LoginView>;
