/** The rules of a second factor: which code counts, and that each counts once. */
import { SECOND_MS, type TimeMs } from '../../schemas/base.ts';
import type { SecondFactor } from '../../schemas/identity/secondFactor.ts';

/** How long an authenticator app shows one code. */
const STEP_MS = 30 * SECOND_MS;

/** How many steps a phone's clock may be wrong, either way. */
const STEPS_OFF_MAX = 1;

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

/** A recovery code as it is shown: four letters and four letters and so on. */
export function shownRecoveryCode(code: string): string {
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
