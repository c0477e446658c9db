/** Users, the identities by which they log in, and their sessions. */
import * as z from 'zod';
import { storedText, TimeMs, text, UserId } from '../base.ts';
import { plainName } from '../text.ts';
import { Consents } from './legal.ts';

/** The role of a user in the shop. */
export const Role = z.enum(['learner', 'editor', 'support', 'finance', 'admin']);
export type Role = z.infer<typeof Role>;

/**
 * The name by which somebody logs in, in its one canonical spelling: `Reader.One ` and `ｒｅａｄｅｒ．ｏｎｅ` become
 * `reader.one`.
 */
export const UserName = z
  .string()
  .overwrite(plainName)
  .regex(/^[A-Za-z0-9_.-]{3,30}$/);

/** A password as typed: any characters. `domain/identity/password.ts` says which are strong enough. */
export const Password = z
  .string()
  .min(1)
  .max(512)
  .refine((value) => !/\p{Surrogate}/u.test(value));

/**
 * The code that `wx.login` gives the phone. WeChat does not promise its format; so far it is 32 letters and digits.
 * Anything that cannot be a code is refused here, because asking WeChat would use up the shop's quota of calls.
 */
export const LoginCode = z.string().regex(/^[A-Za-z0-9_-]{6,128}$/);

/** The code that WeChat's phone-number button gives the phone. It is not a `wx.login` code. */
export const PhoneCode = z.string().regex(/^[\x21-\x7e]{1,128}$/);

/** The name that others see. */
export const Nickname = text(30);

/** A stored user. `openid` is null for a user who has never logged in by WeChat. */
export const User = z.object({
  id: UserId,
  /** What others see: the name that passed its check, or one made from the id. Only the review changes it. */
  nickname: storedText(Nickname),
  /** The file of the picture that passed its check; null for none. Only the review changes it. */
  avatarKey: z.string().max(200).nullable(),
  /** A name from before names were checked, which only its owner sees until they write one; null for none. */
  uncheckedNickname: storedText(Nickname).nullable(),
  role: Role,
  state: z.enum(['active', 'banned']),
  openid: z.string().max(64).nullable(),
  consents: Consents,
  /** How often a consent was given or withdrawn. */
  consentChanges: z.int().min(0).default(0),
  /** The generation of the user's valid sessions. Raising it ends all earlier sessions. */
  sessionGeneration: z.int().min(0),
  /**
   * Whether the user was ever given anything of value: an order, access, a coupon. False where nobody recorded it.
   */
  isOwner: z.boolean(),
  /**
   * The user who took over this user's WeChat account. A user that was taken over can no longer log in or be given
   * anything.
   */
  takenOverBy: UserId.nullable(),
  /** The phone number that WeChat confirmed, sealed, as `86 13800138000`; null for none. */
  phoneSealed: z.string().max(200).nullable(),
  /** A digest of the phone number, by which its owner is found; null for none. */
  phoneDigest: z.string().max(64).nullable(),
  /** The first and last digits of the phone number, for display; null for none. */
  phoneMasked: z.string().max(20).nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type User = z.infer<typeof User>;

/** An identity. Its id makes it unique: `wx:<openid>` or `name:<user name in lower case>`. */
export const Identity = z.object({
  id: z.string().max(80),
  userId: UserId,
  createdAtMs: TimeMs,
  /** For WeChat only. */
  unionid: z.string().max(64).nullable(),
  /** For WeChat only: the session key of the newest login, sealed, and when it was received. */
  sessionKeySealed: z.string().max(400).nullable(),
  sessionKeyAtMs: TimeMs.nullable(),
  /** For user names only. */
  passwordHash: z.string().max(300).nullable(),
});
export type Identity = z.infer<typeof Identity>;

/** A `wx.login` code that has been used. The id is the code's digest. */
export const UsedCode = z.object({ id: z.string().max(64), userId: UserId, usedAtMs: TimeMs });
export type UsedCode = z.infer<typeof UsedCode>;

/** A session. The id is the token's SHA-256 in hex. The token itself is not stored. */
export const Session = z.object({
  id: z.string().length(64),
  userId: UserId,
  /** The user's `sessionGeneration` at login. */
  generation: z.int().min(0),
  /** Whether a second factor was shown in this session. */
  hasSecondFactor: z.boolean(),
  /** When it was last shown; null when never, or when the session is older than this field. */
  factorShownAtMs: TimeMs.nullable().default(null),
  /** For staff sessions only: when it was last used, to the minute. */
  lastSeenAtMs: TimeMs.nullable().default(null),
  /** A rough description of the device that opened it: `微信 · iPhone`; null when unknown. */
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
  /** When it was last used, to the minute, for staff sessions; null for others. */
  lastSeenAtMs: TimeMs.nullable(),
  /** When it ends if it is not used again. */
  endsAtMs: TimeMs,
  /** Whether it is the session that sends this request. */
  isThis: z.boolean(),
});
export type SessionView = z.infer<typeof SessionView>;

/** A user, as the user sees themselves. */
export const UserView = z.object({
  id: UserId,
  /** The name that others see. */
  nickname: z.string(),
  role: Role,
  isWechatBound: z.boolean(),
  /** Null while no phone number is bound. */
  phoneMasked: z.string().nullable(),
  consents: Consents,
  createdAtMs: TimeMs,
});
export type UserView = z.infer<typeof UserView>;

/** The answer to a login. The token goes into `Authorization: Bearer`. */
export const LoginView = z.object({
  token: z.string(),
  expiresAtMs: TimeMs,
  isNew: z.boolean(),
  user: UserView,
});
export type LoginView = z.infer<typeof LoginView>;
