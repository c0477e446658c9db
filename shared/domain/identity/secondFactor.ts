/** The rules of a second factor: who may set one up, which code counts, and that each counts once. */
import { fail } from '../../errors.ts';
import { DAY_MS, SECOND_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import type { SecondFactor } from '../../schemas/identity/secondFactor.ts';

/** How long an authenticator app shows one code. */
const STEP_MS = 30 * SECOND_MS;

/** How many steps a phone's clock may be wrong, either way. */
const STEPS_OFF_MAX = 1;

/** How long a code to enrol by is good. */
export const ENROLMENT_MS = DAY_MS;

/** Lets the user set up a factor with the code of this digest. What they had before counts no more. */
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
 * The factor with a key for an app to be set up with. The code stays good until a code of the app has come, so that
 * whose answer was lost can begin again. @throws factor.already_on, auth.enrolment_code_wrong
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

/** Bytes in base 32 (RFC 4648), without padding: how a key is typed into an app. */
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

/** What a QR code says to an authenticator app: whose key it is, and the key in base 32. */
export function authenticatorUrl(account: string, key: string): string {
  const label = `${encodeURIComponent('知课')}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${key}&issuer=${encodeURIComponent('知课')}`;
}

/** A recovery or enrolment code as it is shown: four letters and four letters and so on. */
export function shownCode(code: string): string {
  return (code.match(/.{4}/g) ?? []).join('-');
}

/**
 * The factor after one of the app's codes was taken, or null when it is not one of now. `codeAt` says what the app
 * shows in a step. A code counts once, and so does every one before it, so one that was watched over a shoulder is
 * worth nothing.
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

/** The factor without the recovery code of this digest, or null when there is none such left. */
export function takeRecoveryCode(factor: SecondFactor, digest: string, now: TimeMs): SecondFactor | null {
  const left = factor.recoveryDigests.filter((one) => one !== digest);
  if (left.length === factor.recoveryDigests.length) return null;
  return { ...factor, recoveryDigests: left, updatedAtMs: now };
}
