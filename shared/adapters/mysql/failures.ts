/** What the server's errors mean, and what is to be done after each. */
import { AppError, fail } from '../../errors.ts';

/**
 * - `conflict`: another transaction was first, or the guard of a commit failed. Nothing is committed.
 * - `taken`: an id that was to be new is taken. Nothing is committed.
 * - `lost`: no answer came. A read has not happened, and a commit may have.
 * - `readOnly`: the server has become a replica. Nothing is committed, and its connections are of no use.
 * - `noRoom`: the server takes no more connections, or is just starting. Nothing has happened.
 * - `broken`: a bug, or a migration that is missing. It would fail again.
 */
export type Meaning = 'conflict' | 'taken' | 'lost' | 'readOnly' | 'noRoom' | 'broken';

/** Numbers of the server: https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html */
const NUMBERS: Readonly<Record<number, Meaning>> = {
  1690: 'conflict', // ER_DATA_OUT_OF_RANGE, which our guards provoke
  1213: 'conflict', // ER_LOCK_DEADLOCK
  1205: 'conflict', // ER_LOCK_WAIT_TIMEOUT
  1020: 'conflict', // ER_CHECKREAD
  1062: 'taken', // ER_DUP_ENTRY
  1927: 'lost', // ER_CONNECTION_KILLED
  2006: 'lost', // CR_SERVER_GONE_ERROR
  2013: 'lost', // CR_SERVER_LOST
  4031: 'lost', // ER_CLIENT_INTERACTION_TIMEOUT
  1317: 'lost', // ER_QUERY_INTERRUPTED
  1290: 'readOnly', // ER_OPTION_PREVENTS_STATEMENT
  1836: 'readOnly', // ER_READ_ONLY_MODE
  1792: 'readOnly', // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  1040: 'noRoom', // ER_CON_COUNT_ERROR
  1203: 'noRoom', // ER_TOO_MANY_USER_CONNECTIONS
  1226: 'noRoom', // ER_USER_LIMIT_REACHED
  1053: 'noRoom', // ER_SERVER_SHUTDOWN
};

function field(error: unknown, key: 'errno' | 'code' | 'message'): unknown {
  return typeof error === 'object' && error !== null && key in error ? Reflect.get(error, key) : undefined;
}

/** What an error of the driver means. The server's own errors have a number; those of the network have a code only. */
export function meaningOf(error: unknown): Meaning {
  if (error instanceof AppError) return 'broken';
  if (field(error, 'code') === 'ECONNREFUSED') return 'noRoom';
  const number = field(error, 'errno');
  if (typeof number === 'number' && number > 0) return NUMBERS[number] ?? 'broken';
  return field(error, 'code') === undefined ? 'broken' : 'lost';
}

/** ER_NO_SUCH_THREAD, and ER_KILL_DENIED_ERROR: the number is now that of somebody else's connection. */
const GONE: readonly unknown[] = [1094, 1095];

/** Whether the server says that it has no such connection of ours. */
export function isGone(error: unknown): boolean {
  return GONE.includes(field(error, 'errno'));
}

/** The catalogued error for an error of the driver. It names the server's error, and never a part of a statement. */
export function unavailable(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const number = field(error, 'errno');
  const code = String(field(error, 'code') ?? 'a bug');
  // The server says which table or column is missing. Of a statement that it cannot read it repeats a part.
  const isTold = typeof number === 'number' && number > 0 && code !== 'ER_PARSE_ERROR';
  const says = isTold ? `: ${field(error, 'message')}` : '';
  return fail('database.unavailable', { detail: `${code}${says}`, cause: error });
}
