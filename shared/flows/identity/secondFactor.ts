/** Setting up and showing a second factor. Its key is stored sealed, and its codes as digests. */

import * as secondFactors from '../../data/identity/secondFactors.ts';
import * as audit from '../../data/operations/audit.ts';
import { TRIES } from '../../domain/identity/attempts.ts';
import { base32, shownCode, takeOneTimeCode, takeRecoveryCode } from '../../domain/identity/secondFactor.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import {
  RECOVERY_CODES,
  type SecondFactor,
  type SecondFactorShown,
} from '../../schemas/identity/secondFactor.ts';

/** RFC 4226 section 4 recommends 160 bits. */
const SEED_BYTES = 20;
/** 80 bits, which are 16 base-32 characters. They cannot be guessed. */
const WRITTEN_BYTES = 10;

const SEED = 'second-factor-seed';

/** A new key for an app: in base 32 for people, and sealed for the database. */
export function newSeed(ports: Pick<Ports, 'ids' | 'secrets'>): {
  readonly key: string;
  readonly seedSealed: string;
} {
  const seed = ports.ids.secret(SEED_BYTES);
  return { key: base32(Buffer.from(seed, 'base64url')), seedSealed: ports.secrets.seal(SEED, seed) };
}

function digestOf(ports: Pick<Ports, 'secrets'>, userId: UserId, code: string): string {
  return ports.secrets.digest('recovery-code', `${userId} ${code}`);
}

function newWrittenCode(ports: Pick<Ports, 'ids'>): string {
  return base32(Buffer.from(ports.ids.secret(WRITTEN_BYTES), 'base64url'));
}

/** New recovery codes, to be shown once, and their digests, to be stored. */
export function newRecoveryCodes(
  ports: Pick<Ports, 'ids' | 'secrets'>,
  userId: UserId,
): { readonly codes: string[]; readonly digests: string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () => newWrittenCode(ports));
  const digests = codes.map((code) => digestOf(ports, userId, code));
  return { codes: codes.map(shownCode), digests };
}

/** The digest of a user's enrolment code, as it is stored. */
export function enrolmentDigest(ports: Pick<Ports, 'secrets'>, userId: UserId, code: string): string {
  return ports.secrets.digest('enrolment-code', `${userId} ${code}`);
}

/** A new enrolment code for this user, to be shown once, and its digest, to be stored. */
export function newEnrolmentCode(
  ports: Pick<Ports, 'ids' | 'secrets'>,
  userId: UserId,
): { readonly code: string; readonly digest: string } {
  const code = newWrittenCode(ports);
  return { code: shownCode(code), digest: enrolmentDigest(ports, userId, code) };
}

/**
 * Counts one try to show the user's second factor, from any address. Whoever gets here knows the password, and a
 * million codes would not withstand guessing from many addresses.
 * @throws request.too_many
 */
export function countShown({ attempts }: Pick<Ports, 'attempts'>, userId: UserId): Promise<void> {
  return attempts.count(`second-factor ${userId}`, TRIES);
}

/** The factor after this code was accepted. The code cannot be used again. @throws auth.second_factor_wrong */
export function taken(
  ports: Pick<Ports, 'secrets'>,
  factor: SecondFactor,
  shown: SecondFactorShown,
  now: TimeMs,
): SecondFactor {
  if ('recoveryCode' in shown) {
    const after = takeRecoveryCode(factor, digestOf(ports, factor.id, shown.recoveryCode), now);
    if (after === null) throw fail('auth.second_factor_wrong', { detail: 'recovery code' });
    return after;
  }
  if (factor.seedSealed === null) throw fail('auth.second_factor_wrong', { detail: 'no app' });
  const seed = ports.secrets.open(SEED, factor.seedSealed);
  const codeAt = (step: number) => ports.secrets.oneTimeCode(seed, step);
  const after = takeOneTimeCode(factor, shown.oneTimeCode, codeAt, now);
  if (after === null) throw fail('auth.second_factor_wrong', { detail: 'one-time code' });
  return after;
}

/**
 * The factor, turned on by a code of the app that is being set up. It has that app's key and these recovery codes;
 * nothing of an earlier app remains.
 * @throws auth.second_factor_wrong, factor.not_started, factor.already_on
 */
export function turnedOn(
  ports: Pick<Ports, 'secrets'>,
  factor: SecondFactor | null,
  { oneTimeCode, digests }: { readonly oneTimeCode: string; readonly digests: string[] },
  now: TimeMs,
): SecondFactor {
  if (factor === null || factor.nextSeedSealed === null) {
    throw fail(factor?.state === 'on' ? 'factor.already_on' : 'factor.not_started');
  }
  const next = { ...factor, seedSealed: factor.nextSeedSealed, lastStep: 0 };
  const after = taken(ports, next, { oneTimeCode }, now);
  return { ...after, state: 'on', nextSeedSealed: null, enrolment: null, recoveryDigests: digests };
}

/** A user, and the factor they showed; null when they sent none. */
export interface Showing {
  readonly userId: UserId;
  readonly shown: SecondFactorShown | null;
  /** The id of the audit entry, made before the transaction. */
  readonly auditId: string;
  readonly now: TimeMs;
  readonly requestId: string;
}

/**
 * Returns whether the user has a factor that is on. It must then be shown, and the code is used up in this
 * transaction. The use of a recovery code goes into the audit log. A user without a factor shows nothing, whatever
 * they send.
 * @throws auth.second_factor_required, auth.second_factor_wrong
 */
export async function show(
  ports: Pick<Ports, 'secrets'>,
  tx: Tx,
  { userId, shown, auditId, now, requestId }: Showing,
): Promise<boolean> {
  const factor = await secondFactors.find(tx, userId);
  if (factor?.state !== 'on') return false;
  if (shown === null) throw fail('auth.second_factor_required');
  const after = taken(ports, factor, shown, now);
  await secondFactors.save(tx, factor, after);
  if ('recoveryCode' in shown) {
    const [codes, codesLeft] = [factor.recoveryDigests.length, after.recoveryDigests.length];
    const change = { before: { recoveryCodes: codes }, after: { recoveryCodes: codesLeft } };
    const own = { actorId: userId, target: userId, reason: null, now, requestId };
    await audit.append(tx, { id: auditId, action: 'second_factor.use_recovery_code', ...own, ...change });
  }
  return true;
}
