/** The rules of a second factor: who may set one up, which codes are valid, and that each is used once. */
import { fail } from '../../errors.ts';
import { DAY_MS, SECOND_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import type { SecondFactor } from '../../schemas/identity/secondFactor.ts';

/** How long an authenticator app shows one code. */
const STEP_MS = 30 * SECOND_MS;

/** How many steps a phone's clock may be off, in either direction. */
const STEPS_OFF_MAX = 1;

/** How long an enrolment code is valid. */
export const ENROLMENT_MS = DAY_MS;

/** Lets the user set up a factor with the enrolment code of this digest. Any earlier factor is no longer valid. */
export function invite(
  before: SecondFactor | null,
  { userId, digest, now }: { readonly userId: UserId; readonly digest: string; readonly now: TimeMs },
): SecondFactor {
  return {
    id: userId,
    state: 'invited',
    seedSealed: null,
    nextSeedSealed: null,
    enrolment: { digest, endsAtMs: timeMs(now + ENROLMENT_MS) },
    lastStep: 0,
    recoveryDigests: [],
    createdAtMs: before?.createdAtMs ?? now,
    updatedAtMs: now,
  };
}

/**
 * The factor with a key for an app that is being set up. The enrolment code stays valid until a code of the app was
 * accepted, so a user whose answer was lost can start again.
 * @throws factor.already_on, auth.enrolment_code_wrong
 */
export function enrol(
  factor: SecondFactor | null,
  { digest, seedSealed, now }: { readonly digest: string; readonly seedSealed: string; readonly now: TimeMs },
): SecondFactor {
  if (factor?.state === 'on') throw fail('factor.already_on');
  const enrolment = factor?.enrolment ?? null;
  if (factor === null || enrolment === null || enrolment.digest !== digest || enrolment.endsAtMs <= now) {
    throw fail('auth.enrolment_code_wrong');
  }
  return { ...factor, nextSeedSealed: seedSealed, updatedAtMs: now };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes in base 32 (RFC 4648) without padding, as a key is typed into an app. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + BASE32.charAt((held << (5 - bits)) & 31);
}

/** The content of the QR code for an authenticator app: the account and its key in base 32. */
export function authenticatorUrl(account: string, key: string): string {
  const label = `${encodeURIComponent('知课')}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${key}&issuer=${encodeURIComponent('知课')}`;
}

/** A recovery or enrolment code as it is shown, in groups of four. */
export function shownCode(code: string): string {
  return (code.match(/.{4}/g) ?? []).join('-');
}

/**
 * The factor after one of the app's codes was accepted; null when the code is not valid now. `codeAt` gives the code
 * of a time step. An accepted code invalidates itself and all earlier ones, so a code seen over a shoulder is
 * worthless.
 */
export function takeOneTimeCode(
  factor: SecondFactor,
  code: string,
  codeAt: (step: number) => string,
  now: TimeMs,
): SecondFactor | null {
  const present = Math.floor(now / STEP_MS);
  for (let step = present - STEPS_OFF_MAX; step <= present + STEPS_OFF_MAX; step += 1) {
    if (step <= factor.lastStep || codeAt(step) !== code) continue;
    return { ...factor, lastStep: step, updatedAtMs: now };
  }
  return null;
}

/** The factor without the recovery code of this digest; null when that code is not among the unused ones. */
export function takeRecoveryCode(factor: SecondFactor, digest: string, now: TimeMs): SecondFactor | null {
  const left = factor.recoveryDigests.filter((one) => one !== digest);
  if (left.length === factor.recoveryDigests.length) return null;
  return { ...factor, recoveryDigests: left, updatedAtMs: now };
}
