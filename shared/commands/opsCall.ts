/**
 * How a command is asked for inside, and answered. Everything that a function is called with and returns may stand in
 * the platform's log, and whoever has the right to call the function could call it. So a call and its answer are sealed
 * under a key derived from `CONFIG_KEY`. Only what a deployment runs is asked for openly: it needs no secret, tells
 * none, and does no harm when it is repeated.
 */
import * as z from 'zod';
import type { Secrets } from '../ports/secrets.ts';
import { MINUTE_MS, type TimeMs } from '../schemas/base.ts';

/** What is asked for openly. */
export const OpenCall = z.strictObject({ command: z.enum(['migrate', 'probe']), args: z.array(z.string()) });

/** A command with its arguments. `values` are by name, and may be secrets. */
export const OpsCall = z.strictObject({
  command: z.string(),
  args: z.array(z.string()),
  values: z.record(z.string(), z.string()),
});
export type OpsCall = z.infer<typeof OpsCall>;

/** An answer: lines for people, whether all is right, and what a program goes on with. */
export const OpsAnswer = z.strictObject({
  lines: z.array(z.string()),
  isRight: z.boolean(),
  data: z.json().optional(),
});
export type OpsAnswer = z.infer<typeof OpsAnswer>;

const Sealed = z.strictObject({ sealed: z.string() });
const Timed = z.strictObject({ atMs: z.int(), call: OpsCall });

const CALL = 'ops.call';
const ANSWER = 'ops.answer';
/** How old a call may be, and how far the clocks may be apart. One that was logged is worth nothing after that. */
const AGE_MAX_MS = 10 * MINUTE_MS;

/** Whether an event is a sealed call. */
export const isSealed = (event: unknown): boolean => Sealed.safeParse(event).success;

/** Seals a call. */
export function sealCall(secrets: Secrets, call: OpsCall, now: TimeMs): { readonly sealed: string } {
  return { sealed: secrets.seal(CALL, JSON.stringify({ atMs: now, call })) };
}

/** Opens a call. @throws a plain Error when it was sealed under another key, or is too old */
export function openCall(secrets: Secrets, event: unknown, now: TimeMs): OpsCall {
  const { atMs, call } = Timed.parse(JSON.parse(opened(secrets, CALL, event)));
  if (Math.abs(now - atMs) > AGE_MAX_MS) throw new Error('the call is too old, or the clocks differ');
  return call;
}

/** Seals an answer. */
export function sealAnswer(secrets: Secrets, answer: OpsAnswer): { readonly sealed: string } {
  return { sealed: secrets.seal(ANSWER, JSON.stringify(answer)) };
}

/** Opens an answer. @throws a plain Error when it was sealed under another key */
export function openAnswer(secrets: Secrets, returned: unknown): OpsAnswer {
  return OpsAnswer.parse(JSON.parse(opened(secrets, ANSWER, returned)));
}

function opened(secrets: Secrets, purpose: string, event: unknown): string {
  try {
    return secrets.open(purpose, Sealed.parse(event).sealed);
  } catch {
    throw new Error('it is not sealed under the CONFIG_KEY of this stage');
  }
}
