/** The second factor of staff: an authenticator app, and codes on paper for when it is lost. */
import * as z from 'zod';
import { TimeMs, typedCode, UserId } from '../base.ts';

/** Six digits, as an authenticator app shows them: some with a space in the middle. */
export const OneTimeCode = typedCode().regex(/^[0-9]{6}$/);

/** A code that is written down: sixteen letters and digits in either case, however they are grouped. */
const WrittenCode = typedCode()
  .regex(/^[A-Za-z2-7]{16}$/)
  .toUpperCase();

/** One of the codes for when the app is lost. */
export const RecoveryCode = WrittenCode;

/** The code that lets a new member of staff set up their first app: they get it from who appointed them. */
export const EnrolmentCode = WrittenCode;

/** How somebody shows their second factor: by what the app shows, or by one of the recovery codes. */
export const SecondFactorShown = z.union([
  z.strictObject({ oneTimeCode: OneTimeCode }),
  z.strictObject({ recoveryCode: RecoveryCode }),
]);
export type SecondFactorShown = z.infer<typeof SecondFactorShown>;

/** How many recovery codes there are at first. */
export const RECOVERY_CODES = 10;

const SealedSeed = z.string().max(200).nullable();

/** A stored second factor, under its user's id. It counts once it is `on`. */
export const SecondFactor = z.object({
  id: UserId,
  /** `invited`: the user may set one up, with the code of `enrolment`. */
  state: z.enum(['invited', 'on']),
  /** The app's key, sealed; null before it is on. */
  seedSealed: SealedSeed,
  /** A key that an app is being set up with, sealed; it counts once a code of it has come. Null when there is none. */
  nextSeedSealed: SealedSeed,
  /** The code to enrol by, as a digest, and when it ends; null when nobody may enrol. */
  enrolment: z.object({ digest: z.string().length(64), endsAtMs: TimeMs }).nullable(),
  /** The step of the last code that was taken: none of it, or before it, is taken again. */
  lastStep: z.int().min(0),
  /** Digests of the recovery codes that are left. */
  recoveryDigests: z.array(z.string().length(64)).max(RECOVERY_CODES),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type SecondFactor = z.infer<typeof SecondFactor>;
