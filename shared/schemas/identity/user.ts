/** People: users, the ways they prove who they are, and their sessions. */
import * as z from 'zod';
import { httpsUrl, storedText, TimeMs, text, UserId } from '../base.ts';
import { plainName } from '../text.ts';

/** What somebody is to the shop. */
export const Role = z.enum(['learner', 'editor', 'support', 'finance', 'admin']);
export type Role = z.infer<typeof Role>;

/** The name somebody logs in with, in the one way it is written: `Reader.One ` and `ｒｅａｄｅｒ．ｏｎｅ` are `reader.one`. */
export const UserName = z
  .string()
  .overwrite(plainName)
  .regex(/^[A-Za-z0-9_.-]{3,30}$/);

/** A password as it is typed: any characters. `domain/password.ts` says which are good enough. */
export const Password = z
  .string()
  .min(1)
  .max(512)
  .refine((value) => !/\p{Surrogate}/u.test(value));

/**
 * What `wx.login` gives the phone. WeChat does not promise its form: 32 letters and digits are seen. What cannot be one
 * is refused here, because asking WeChat about it costs some of the shop's calls.
 */
export const LoginCode = z.string().regex(/^[A-Za-z0-9_-]{6,128}$/);

/** What WeChat's button for phone numbers gives the phone: no code of `wx.login`. */
export const PhoneCode = z.string().regex(/^[\x21-\x7e]{1,128}$/);

/** A name others see. */
export const Nickname = text(30);

/** A picture others see. */
export const AvatarUrl = httpsUrl(500);

const ConsentVersion = text(20);
const ConsentKept = storedText(ConsentVersion).nullable();

/** Which version of each text a user has agreed to; null for never, or withdrawn. */
export const Consents = z.strictObject({
  terms: ConsentKept,
  privacy: ConsentKept,
  analytics: ConsentKept,
});
export type Consents = z.infer<typeof Consents>;

/** Which consents a user gives or withdraws; what is not named stays. */
export const ConsentsChange = z
  .strictObject({
    terms: ConsentVersion.nullable(),
    privacy: ConsentVersion.nullable(),
    analytics: ConsentVersion.nullable(),
  })
  .partial();

/** A stored user. `openid` is null for who has never come by WeChat. */
export const User = z.object({
  id: UserId,
  nickname: storedText(Nickname),
  avatarUrl: storedText(AvatarUrl).nullable(),
  role: Role,
  state: z.enum(['active', 'banned']),
  openid: z.string().max(64).nullable(),
  consents: Consents,
  /** Which of the user's sessions are good: those of this number. It rises when all of them are to end. */
  sessionGeneration: z.int().min(0),
  /** Whether the user was ever given anything of worth: an order, access, a coupon. False where nobody wrote it down. */
  isOwner: z.boolean(),
  /** Who has this user's WeChat account now. Such a user is nobody any more: it logs in nowhere and is given nothing. */
  takenOverBy: UserId.nullable(),
  /** The phone number that WeChat said, sealed, as `86 13800138000`; null for none. */
  phoneSealed: z.string().max(200).nullable(),
  /** Its digest, to find its owner by; null for none. */
  phoneDigest: z.string().max(64).nullable(),
  /** Its first and last figures, as it is shown; null for none. */
  phoneMasked: z.string().max(20).nullable(),
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
  /** When it was shown last; null when it never was, or before this was written down. */
  factorShownAtMs: TimeMs.nullable().default(null),
  /** When it was used last, to the minute; of the staff's sessions only. */
  lastSeenAtMs: TimeMs.nullable().default(null),
  /** What it was opened on, told roughly: `微信 · iPhone`; null when nobody can say. */
  device: z.string().max(40).nullable().default(null),
  createdAtMs: TimeMs,
  expiresAtMs: TimeMs,
  revokedAtMs: TimeMs.nullable(),
});
export type Session = z.infer<typeof Session>;

/** A session's id. */
export const SessionId = z.string().regex(/^[0-9a-f]{64}$/);

/** A session, as its owner sees it. */
export const SessionView = z.object({
  id: SessionId,
  device: z.string().nullable(),
  createdAtMs: TimeMs,
  /** To the minute, of the staff's sessions; null of others. */
  lastSeenAtMs: TimeMs.nullable(),
  /** When it ends if it is not used any more. */
  endsAtMs: TimeMs,
  /** Whether it is the one that asks. */
  isThis: z.boolean(),
});
export type SessionView = z.infer<typeof SessionView>;

/** A user as the user sees it. */
export const UserView = z.object({
  id: UserId,
  nickname: z.string(),
  avatarUrl: z.string().nullable(),
  role: Role,
  isWechatBound: z.boolean(),
  /** Null as long as none is bound. */
  phoneMasked: z.string().nullable(),
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
