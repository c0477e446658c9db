/** Tasks: effects that facts still have to cause. One document serves as both outbox and inbox. */
import * as z from 'zod';
import { pageOf, TimeMs } from './base.ts';

/** The envelope in which a task stores its event. `id` is `<name>:<key>`. */
export const Envelope = z.object({
  id: z.string().max(200),
  name: z.string().max(60),
  version: z.int().min(1),
  occurredAtMs: TimeMs,
  /** The id of the request that caused the event, so that the log can be followed across functions. */
  requestId: z.string().max(64),
  /**
   * The trace of that request (W3C Trace Context), which goes on with everything that the event causes. Events from
   * before traces have none.
   */
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  data: z.unknown(),
});
export type Envelope = z.infer<typeof Envelope>;

/** A task's id: 1 … 260 printable ASCII characters. */
export const TaskId = z.string().regex(/^[\x21-\x7e]{1,260}$/);

/** One earlier death of a task, before staff brought it back or buried it. */
const Death = z.object({
  attempts: z.int().min(0),
  faults: z.int().min(0),
  reason: z.string().max(1000).nullable(),
  diedAtMs: TimeMs,
});

/** How many deaths of a task are kept. Older ones are dropped. */
export const DEATHS_MAX = 10;

/**
 * The state of a task. A `dead` task was given up and waits for staff, who bring it back (`pending`) or bury it
 * (`buried`).
 */
export const TaskState = z.enum(['pending', 'done', 'dead', 'buried']);
export type TaskState = z.infer<typeof TaskState>;

/** One effect that has to happen, with the id `<consumer>:<event id>`. `done` commits together with the effect. */
export const Task = z.object({
  id: z.string().max(260),
  consumer: z.string().max(60),
  event: Envelope,
  state: TaskState,
  /** How often it has failed since it was created or last brought back. */
  attempts: z.int().min(0),
  /** How many of these failures had an error other than those with `retry: 'later'`. */
  faults: z.int().min(0),
  /**
   * For a pending task: when `sweepTasks` looks at it again. For a done task: when it may be deleted. Otherwise:
   * since when it is in this state.
   */
  nextAtMs: TimeMs,
  /** When it was created or last brought back, which is when it was due. Failures and sweeps do not move it. */
  dueFirstAtMs: TimeMs,
  /**
   * For a pending task: why it failed last. For a dead one: why it died. For a buried one: the reason that staff
   * gave.
   */
  reason: z.string().max(1000).nullable(),
  deaths: z.array(Death).max(DEATHS_MAX),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Task = z.infer<typeof Task>;

/** A task as staff see it: without the event's data, which may be personal. */
export const TaskView = z.object({
  ...Task.shape,
  event: Envelope.omit({ data: true }),
});
export type TaskView = z.infer<typeof TaskView>;

/** One page of tasks. */
export const TaskPage = pageOf(TaskView);
