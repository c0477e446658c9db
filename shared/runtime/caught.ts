/** How the log shows what was caught. */
import { AppError } from '../errors.ts';

/** A caught error as the log shows it: the detail of an expected error, the stack of a bug, and the causes. */
export function describeCaught(caught: unknown): Readonly<Record<string, unknown>> {
  if (!(caught instanceof Error)) return { detail: String(caught) };
  const cause = caught.cause === undefined ? {} : { cause: describeCaught(caught.cause) };
  if (!(caught instanceof AppError)) return { stack: caught.stack, ...cause };
  return { thrown: caught.code, ...(caught.detail === null ? {} : { detail: caught.detail }), ...cause };
}
