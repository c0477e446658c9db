/** How a second factor is set up and shown. Its key and its codes are stored sealed and as digests, never as they are. */

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

/** RFC 4226 4: 160 bits. */
const SEED_BYTES = 20;
/** Eighty bits, sixteen letters of base 32: nothing that could be guessed. */
const WRITTEN_BYTES = 10;

const SEED = 'second-factor-seed';

/** A new key for an app, in base32 for people and sealed for the database. */
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

/** New recovery codes: to be shown once, and their digests to be kept. */
export function newRecoveryCodes(
  ports: Pick<Ports, 'ids' | 'secrets'>,
  userId: UserId,
): { readonly codes: string[]; readonly digests: string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () => newWrittenCode(ports));
  const digests = codes.map((code) => digestOf(ports, userId, code));
  return { codes: codes.map(shownCode), digests };
}

/** What is stored of a user's code to enrol by. */
export function enrolmentDigest(ports: Pick<Ports, 'secrets'>, userId: UserId, code: string): string {
  return ports.secrets.digest('enrolment-code', `${userId} ${code}`);
}

/** A new code for this user to enrol by: to be shown once, and its digest to be kept. */
export function newEnrolmentCode(
  ports: Pick<Ports, 'ids' | 'secrets'>,
  userId: UserId,
): { readonly code: string; readonly digest: string } {
  const code = newWrittenCode(ports);
  return { code: shownCode(code), digest: enrolmentDigest(ports, userId, code) };
}

/**
 * Counts one try to show the user's second factor, whatever address it comes from: who gets this far knows the password,
 * and a million codes would not last against many addresses. @throws request.too_many
 */
export function countShown({ attempts }: Pick<Ports, 'attempts'>, userId: UserId): Promise<void> {
  return attempts.count(`second-factor ${userId}`, TRIES);
}

/** The factor after this code was taken, which cannot be taken again. @throws auth.second_factor_wrong */
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
 * The factor after a code of the app that is being set up: on, with that app's key and these recovery codes, and with
 * nothing left of an app before it. @throws auth.second_factor_wrong, factor.not_started, factor.already_on
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

/** Who shows what: null when nothing was sent. */
export interface Showing {
  readonly userId: UserId;
  readonly shown: SecondFactorShown | null;
  /** For the entry in the audit log; made before the transaction. */
  readonly auditId: string;
  readonly now: TimeMs;
  readonly requestId: string;
}

/**
 * Whether the user has a second factor that is on, and then it must be shown; what is shown is used up with the
 * transaction. A recovery code, which stands in for the app, goes into the audit log. Who has none shows nothing,
 * whatever is sent. @throws auth.second_factor_required, auth.second_factor_wrong
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
  await secondFactors.put(tx, factor, after);
  if ('recoveryCode' in shown) {
    const [codes, codesLeft] = [factor.recoveryDigests.length, after.recoveryDigests.length];
    const change = { before: { recoveryCodes: codes }, after: { recoveryCodes: codesLeft } };
    const own = { actorId: userId, target: userId, reason: null, now, requestId };
    await audit.append(tx, { id: auditId, action: 'second_factor.use_recovery_code', ...own, ...change });
  }
  return true;
}
