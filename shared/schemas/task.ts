/** Tasks: what a fact still has to cause. Outbox and inbox in one document. */
import * as z from 'zod';
import { pageOf, TimeMs } from './base.ts';

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

/** A task's id: printable, as it stands in a log. */
export const TaskId = z.string().regex(/^[\x21-\x7e]{1,260}$/);

/** How a task once died, before staff brought it back or buried it. */
const Death = z.object({
  attempts: z.int().min(0),
  faults: z.int().min(0),
  reason: z.string().max(1000).nullable(),
  diedAtMs: TimeMs,
});

/** How many deaths of a task are kept: the last ones. */
export const DEATHS_MAX = 10;

/** What a task can be: `dead` was given up and waits for staff, who bring it back (`pending`) or bury it. */
export const TaskState = z.enum(['pending', 'done', 'dead', 'buried']);
export type TaskState = z.infer<typeof TaskState>;

/** One effect that has to happen: `<consumer>:<event id>`. `done` commits together with the effect. */
export const Task = z.object({
  id: z.string().max(260),
  consumer: z.string().max(60),
  event: Envelope,
  state: TaskState,
  /** How often it failed, since it was last brought back. */
  attempts: z.int().min(0),
  /** How many of them failed for another reason than that something was not there at the moment. */
  faults: z.int().min(0),
  /** Of a pending task: when `sweepTasks` looks at it again. Of a done one: when it may be forgotten. Else: since when it is so. */
  nextAtMs: TimeMs,
  /** When it should have been done: when it was made, or last brought back. No failure and no sweep moves it. */
  dueFirstAtMs: TimeMs,
  /** Why it failed last; of a dead task, why it died; of a buried one, what staff say. */
  reason: z.string().max(1000).nullable(),
  deaths: z.array(Death).max(DEATHS_MAX),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Task = z.infer<typeof Task>;

/** A task as staff see it: without what happened, which may be about a person. */
export const TaskView = z.object({
  ...Task.shape,
  event: Envelope.omit({ data: true }),
});
export type TaskView = z.infer<typeof TaskView>;

/** One page of tasks. */
export const TaskPage = pageOf(TaskView);
