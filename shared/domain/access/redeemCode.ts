/** Redeem codes: how they are written, and who may redeem one. */
import { fail } from '../../errors.ts';
import type {
  CodeBatch,
  CodeBatchDraft,
  CodeBatchView,
  RedeemCode,
} from '../../schemas/access/redeemCode.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { plainCode } from '../../schemas/text.ts';
import { CROCKFORD, crockfordOf } from '../crockford.ts';

/** The number of secret characters: 75 bits. One more character is a checksum. */
const SECRET_CHARACTERS = 15;
const GROUP_CHARACTERS = 4;

/** The checksum character, by Luhn's algorithm over 32 characters. It detects every single wrong character. */
function checkCharacter(secret: string): string {
  let sum = 0;
  for (const [index, character] of [...secret].reverse().entries()) {
    const value = CROCKFORD.indexOf(character) * (index % 2 === 0 ? 2 : 1);
    sum += Math.floor(value / 32) + (value % 32);
  }
  return CROCKFORD[(32 - (sum % 32)) % 32] ?? '';
}

/** The code derived from a digest (hex, at least 75 bits): sixteen characters without dashes. */
export function codeOf(digest: string): string {
  const secret = crockfordOf(digest, SECRET_CHARACTERS);
  return secret + checkCharacter(secret);
}

/** The code as it is printed, in groups of four: `7K2M-…`. */
export function printedCode(code: string): string {
  const groups = code.length / GROUP_CHARACTERS;
  return Array.from({ length: groups }, (_, index) =>
    code.slice(index * GROUP_CHARACTERS, (index + 1) * GROUP_CHARACTERS),
  ).join('-');
}

/**
 * The code that somebody typed. Only letters and digits count (`plainCode`), in either case; O is read as 0, and I
 * and L as 1.
 * @throws code.not_valid when it cannot be a code
 */
export function readCode(typed: string): string {
  const code = plainCode(typed).toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1');
  const isWritten =
    code.length === SECRET_CHARACTERS + 1 && [...code].every((each) => CROCKFORD.includes(each));
  if (!isWritten || checkCharacter(code.slice(0, -1)) !== code.at(-1)) {
    throw fail('code.not_valid', { detail: 'mistyped' });
  }
  return code;
}

/** A new batch. Its codes are still to be stored. */
export function newBatch(
  draft: CodeBatchDraft,
  made: { readonly seedSealed: string; readonly createdBy: UserId; readonly now: TimeMs },
): CodeBatch {
  const { batchId: id, title, productId, count, expiresAtMs } = draft;
  const { seedSealed, createdBy, now } = made;
  return {
    ...{ id, title, productId, count, expiresAtMs, seedSealed, createdBy },
    state: 'making',
    createdAtMs: now,
    updatedAtMs: now,
  };
}

/**
 * The stored batch, for the same person who repeats the same request. Nobody else gets to see its codes.
 * @throws batch.id_taken
 */
export function batchBefore(batch: CodeBatch, draft: CodeBatchDraft, createdBy: UserId): CodeBatch {
  const { title, productId, count, expiresAtMs } = draft;
  const isSame =
    batch.createdBy === createdBy &&
    batch.title === title &&
    batch.productId === productId &&
    batch.count === count &&
    batch.expiresAtMs === expiresAtMs;
  if (!isSame) throw fail('batch.id_taken');
  return batch;
}

/** The batch in another state. The same object is returned when nothing changes. A disabled batch stays disabled. */
export function withBatchState(batch: CodeBatch, state: 'active' | 'disabled', now: TimeMs): CodeBatch {
  if (batch.state === state || batch.state === 'disabled') return batch;
  return { ...batch, state, updatedAtMs: now };
}

/**
 * The code, redeemed by this user. The same object is returned when this user has already redeemed it.
 * @throws code.not_valid when somebody else has redeemed it, or its batch is disabled or expired
 */
export function useCode(code: RedeemCode, batch: CodeBatch | null, userId: UserId, now: TimeMs): RedeemCode {
  if (code.userId === userId) return code;
  if (code.userId !== null) throw fail('code.not_valid', { detail: 'used by somebody else' });
  if (batch?.state !== 'active') throw fail('code.not_valid', { detail: 'not active' });
  if (now >= batch.expiresAtMs) throw fail('code.not_valid', { detail: 'expired' });
  return { ...code, userId, redeemedAtMs: now };
}

/** The source id of access given by a code. */
export function codeSourceId(code: RedeemCode): string {
  return `${code.batchId}:${code.number}`;
}

/** A batch as staff see it. */
export function codeBatchView({ seedSealed: _, ...batch }: CodeBatch): CodeBatchView {
  return batch;
}
