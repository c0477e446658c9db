/** Users: how a new one begins, and what they see of themselves. */
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Role, User, UserView } from '../../schemas/identity/user.ts';
import { NO_CONSENTS } from './legal.ts';

/** What is stored of a phone number. The number itself is stored only sealed. */
export type StoredPhone = Pick<User, 'phoneSealed' | 'phoneDigest' | 'phoneMasked'>;

/** The value for a user without a phone number. */
export const NO_PHONE: StoredPhone = { phoneSealed: null, phoneDigest: null, phoneMasked: null };

/** The user with this phone number, or without one (`NO_PHONE`). The same object is returned when nothing changes. */
export function withPhone(user: User, phone: StoredPhone, now: TimeMs): User {
  return user.phoneDigest === phone.phoneDigest ? user : { ...user, ...phone, updatedAtMs: now };
}

/** A phone number in the form that is sealed and digested: `86 13800138000`. */
export function wholePhone(countryCode: string, number: string): string {
  return `${countryCode} ${number}`;
}

/** A phone number as it is shown: `138****8000`. Its owner recognises it, and nobody can call it. */
export function maskedPhone(number: string): string {
  return number.length < 8 ? '****' : `${number.slice(0, 3)}****${number.slice(-4)}`;
}

/** The nickname of who gave none, made from the end of their id: `知友4F7K`. */
export function madeNickname(id: UserId): string {
  return `知友${id.slice(-4)}`;
}

/** A new user. Without a nickname they get one made from the end of their id: `知友4F7K`. */
export function newUser(asked: {
  readonly id: UserId;
  readonly nickname: string | null;
  readonly role: Role;
  readonly openid: string | null;
  readonly now: TimeMs;
}): User {
  return {
    id: asked.id,
    nickname: asked.nickname ?? madeNickname(asked.id),
    avatarKey: null,
    uncheckedNickname: null,
    role: asked.role,
    state: 'active',
    openid: asked.openid,
    consents: NO_CONSENTS,
    consentChanges: 0,
    sessionGeneration: 0,
    isOwner: false,
    takenOverBy: null,
    ...NO_PHONE,
    createdAtMs: asked.now,
    updatedAtMs: asked.now,
  };
}

/** The user as they see themselves. The openid is left out, and what others do not see of their profile. */
export function userView(user: User): UserView {
  return {
    id: user.id,
    nickname: user.nickname,
    role: user.role,
    isWechatBound: user.openid !== null,
    phoneMasked: user.phoneMasked,
    consents: user.consents,
    createdAtMs: user.createdAtMs,
  };
}
