/** The second factor of staff: an authenticator app, and codes on paper for when it is lost. */
import * as z from 'zod';
import { TimeMs, typedCode, UserId } from '../base.ts';

/** Six digits, as an authenticator app shows them: some with a space in the middle. */
export const OneTimeCode = typedCode().regex(/^[0-9]{6}$/);

/** One of the codes for when the app is lost: sixteen letters and digits in either case, however they are grouped. */
export const RecoveryCode = typedCode()
  .regex(/^[A-Za-z2-7]{16}$/)
  .toUpperCase();

/** How somebody shows their second factor: by what the app shows, or by one of the recovery codes. */
export const SecondFactorShown = z.union([
  z.strictObject({ oneTimeCode: OneTimeCode }),
  z.strictObject({ recoveryCode: RecoveryCode }),
]);
export type SecondFactorShown = z.infer<typeof SecondFactorShown>;

/** How many recovery codes there are at first. */
export const RECOVERY_CODES = 10;

/** A stored second factor, under its user's id. It counts once it is `on`. */
export const SecondFactor = z.object({
  id: UserId,
  state: z.enum(['started', 'on']),
  /** The app's key, sealed. */
  seedSealed: z.string().max(200),
  /** The step of the last code that was taken: none of it, or before it, is taken again. */
  lastStep: z.int().min(0),
  /** Digests of the recovery codes that are left. */
  recoveryDigests: z.array(z.string().length(64)).max(RECOVERY_CODES),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type SecondFactor = z.infer<typeof SecondFactor>;
