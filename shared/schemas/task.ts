/** Tasks: what a fact still has to cause. Outbox and inbox in one document. */
import * as z from 'zod';
import { TimeMs } from './base.ts';

/** The envelope in which an event is stored in a task. `id` is `<name>:<key>`. */
export const Envelope = z.object({
  id: z.string().max(200),
  name: z.string().max(60),
  version: z.int().min(1),
  occurredAtMs: TimeMs,
  /** The request in which it happened, so that a log can be followed across functions. */
  requestId: z.string().max(64),
  data: z.unknown(),
});
export type Envelope = z.infer<typeof Envelope>;

/** One effect that has to happen: `<consumer>:<event id>`. `done` commits together with the effect. */
export const Task = z.object({
  id: z.string().max(260),
  consumer: z.string().max(60),
  event: Envelope,
  state: z.enum(['pending', 'done', 'dead']),
  /** How often it failed. */
  attempts: z.int().min(0),
  /** How many of them failed for another reason than that something was not there at the moment. */
  faults: z.int().min(0),
  /** When `sweepTasks` rings for it again; far in the future once it is done. */
  nextAtMs: TimeMs,
  /** Why it failed last; of a dead task, why it died. */
  reason: z.string().max(1000).nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Task = z.infer<typeof Task>;
