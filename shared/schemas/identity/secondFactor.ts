/** The second factor of staff: an authenticator app, and recovery codes on paper for when the app is lost. */
import * as z from 'zod';
import { TimeMs, typedCode, UserId } from '../base.ts';

/** A six-digit code as an authenticator app shows it, with or without a space in the middle. */
export const OneTimeCode = typedCode().regex(/^[0-9]{6}$/);

/** A code that is written down: sixteen base-32 letters and digits in either case and any grouping. */
const WrittenCode = typedCode()
  .regex(/^[A-Za-z2-7]{16}$/)
  .toUpperCase();

/** A recovery code, for when the app is lost. */
export const RecoveryCode = WrittenCode;

/** The code with which a new member of staff sets up their first app. The person who appointed them hands it over. */
export const EnrolmentCode = WrittenCode;

/** A second factor as shown: the app's code, or one of the recovery codes. */
export const SecondFactorShown = z.union([
  z.strictObject({ oneTimeCode: OneTimeCode }),
  z.strictObject({ recoveryCode: RecoveryCode }),
]);
export type SecondFactorShown = z.infer<typeof SecondFactorShown>;

/** How many recovery codes are made. */
export const RECOVERY_CODES = 10;

const SealedSeed = z.string().max(200).nullable();

/** A stored second factor, under its user's id. It counts only in the state `on`. */
export const SecondFactor = z.object({
  id: UserId,
  /** `invited`: the user may set one up, with the enrolment code. */
  state: z.enum(['invited', 'on']),
  /** The app's key, sealed; null before the factor is on. */
  seedSealed: SealedSeed,
  /**
   * The key of an app that is being set up, sealed. It counts once a code made with it has been shown. Null when no
   * app is being set up.
   */
  nextSeedSealed: SealedSeed,
  /** The digest of the enrolment code and its end; null when enrolment is closed. */
  enrolment: z.object({ digest: z.string().length(64), endsAtMs: TimeMs }).nullable(),
  /** The time step of the last accepted code. Codes of this step or an earlier one are not accepted again. */
  lastStep: z.int().min(0),
  /** Digests of the unused recovery codes. */
  recoveryDigests: z.array(z.string().length(64)).max(RECOVERY_CODES),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type SecondFactor = z.infer<typeof SecondFactor>;
