/** What CloudBase's errors mean, and what is to be done after each. */
import { AppError, fail } from '../../errors.ts';

/** An error that CloudBase answers, as a value under the status 200, or as another status. */
export class CloudbaseError extends Error {
  override readonly name = 'CloudbaseError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * - `conflict`: another transaction was first, or the transaction has taken too long. Nothing is committed.
 * - `taken`: an id that was to be new is taken. Nothing is committed.
 * - `lost`: no answer came. A read has not happened, and a commit may have.
 * - `noRoom`: a limit is reached, or the service is in trouble. Of a commit nobody knows whether it happened.
 * - `missing`: there is no such collection.
 * - `broken`: a bug, a migration that is missing, or a right that is. It would fail again.
 */
export type Meaning = 'conflict' | 'taken' | 'lost' | 'noRoom' | 'missing' | 'broken';

/** Codes: https://docs.cloudbase.net/error-code/ */
const CODES: Readonly<Record<string, Meaning>> = {
  DATABASE_TRANSACTION_CONFLICT: 'conflict',
  DATABASE_TRANSACTION_FAIL: 'conflict',
  DATABASE_DUPLICATE_WRITE: 'taken',
  DATABASE_COLLECTION_NOT_EXIST: 'missing',
  DATABASE_TIMEOUT: 'noRoom',
  EXCEED_REQUEST_LIMIT: 'noRoom',
  EXCEED_CONCURRENT_REQUEST_LIMIT: 'noRoom',
  SYS_ERR: 'noRoom',
};

/** What an error means. The database's own come through under a general code, with their words in the message. */
export function meaningOf(error: unknown): Meaning {
  if (error instanceof AppError) return 'broken';
  if (!(error instanceof CloudbaseError)) return error instanceof TypeError ? 'broken' : 'lost';
  if (/\[ResourceUnavailable\.Transaction|\bWriteConflict\b/.test(error.message)) return 'conflict';
  if (/\bE11000\b/.test(error.message)) return 'taken';
  return CODES[error.code] ?? (/^5\d\d$/.test(error.code) ? 'noRoom' : 'broken');
}

/** The catalogued error. It has the code only, because the database repeats ids and values in some messages. */
export function unavailable(error: unknown, about = ''): AppError {
  if (error instanceof AppError) return error;
  const what = error instanceof Error ? error.message : 'a bug';
  const says = error instanceof CloudbaseError ? error.code : what;
  return fail('database.unavailable', { detail: `${says}${about}`, cause: error });
}
