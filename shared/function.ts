/**
 * What a function is: a contract, said once, and `run`. `http` answers a request, `callback` answers a platform that
 * has its own shape, `consumer` has one effect of one event, `outward` has one effect outside, `timer` runs on a
 * schedule. Nothing here opens a connection or reads the environment; `shared/runtime` runs what is declared here.
 */
import * as z from 'zod';
import type { ErrorCode } from './errors.ts';
import type { EventType, Fact } from './event.ts';
import type { Tx } from './ports/database.ts';
import type { Ports } from './ports/ports.ts';
import type { TimeMs } from './schemas/base.ts';
import type { Caller } from './schemas/identity/caller.ts';
import type { StaffAction } from './schemas/identity/permission.ts';
import type { SaidPlatform } from './schemas/orders/saidPlatform.ts';
import type { Envelope } from './schemas/task.ts';

/**
 * Who may call: `public` anybody; `optional` anybody, and who is logged in is known; `member` who is logged in;
 * `{ may }` staff whose role allows that action, and who have shown their second factor in this session. With
 * `secondFactor: 'fresh'` they must have shown it within the last ten minutes: so for all that makes value or gives
 * money back. With `'shows'` they need not, because it is how one sets it up and shows it.
 */
export type Auth =
  | 'public'
  | 'optional'
  | 'member'
  | { readonly may: StaffAction; readonly secondFactor?: 'fresh' | 'shows' };

/** `METHOD /path/{param}`. The first segment after `/api` names the deployed unit. */
export type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /api/${string}`;

/** How often one caller may call: at most `max` in each `windowMs`, counted by user, or by address when nobody is logged in. */
export interface Limit {
  readonly max: number;
  readonly windowMs: number;
  /** Where the limit guards an account: counted exactly, by all processes together, and never forgotten early. */
  readonly isExact?: true;
}

/**
 * What a call spends that is scarce, each with a limit of its own over all functions that spend it: `password` a slow
 * hash, `platform` a call of WeChat or of a rail, `signature` a signed URL, `search` a look through the whole index,
 * `export` a walk through a whole table. A test holds that every function which can reach one of them says so.
 */
export type Cost = 'password' | 'platform' | 'signature' | 'search' | 'export';

/**
 * An HTTP contract. The input object is put together from the path's parameters and, for GET and DELETE, the query
 * (all text: use `queryInt`), for the other methods the JSON body; a key the schema does not name is 400.
 */
export interface HttpContract<I extends z.ZodType, O extends z.ZodType, A extends Auth> {
  readonly route: Route;
  readonly auth: A;
  readonly input: I;
  readonly output: O;
  /** The catalogued errors `run` may throw. What the chain itself throws (request.*, auth.required, …) is not named here. */
  readonly errors: readonly ErrorCode[];
  /** Body limit in bytes, 256 KiB when not given. */
  readonly bodyBytesMax?: number;
  /** A tighter rate limit than the general one. */
  readonly limit?: Limit;
  /** What scarce thing a call spends. It is counted once the input is known to be well formed. */
  readonly cost?: Cost;
  /** Of a download: the media type of the file that is answered in place of the envelope. */
  readonly contentType?: string;
  /** For `public` GETs only: how long an answer may be given again to anybody who asks the same. */
  readonly cacheMs?: number;
}

type UserOf<A extends Auth> = A extends 'public' ? null : A extends 'optional' ? Caller | null : Caller;

/** What every function is given besides its own input. `now` is read once per call. */
export interface Call {
  readonly now: TimeMs;
  readonly ports: Ports;
  readonly requestId: string;
}

/** What an HTTP function is given: input that fits its contract, and who is calling. */
export interface HttpCall<I, A extends Auth> extends Call {
  readonly input: I;
  readonly user: UserOf<A>;
  /** The caller's network address as far as it can be believed, of IPv6 the /64 network: for limits, never for identity. */
  readonly address: string;
  /** What WeChat says of what the caller holds in hand: of the price that they are asked. */
  readonly said: SaidPlatform;
  /** What the caller seems to use, told roughly (`微信 · iPhone`): for people to know their sessions by. */
  readonly device: string | null;
}

/** A declared HTTP function, as `http` makes it. */
export interface HttpFunction<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  A extends Auth = Auth,
> {
  readonly kind: 'http';
  readonly contract: HttpContract<I, O, A>;
  // A method, so that functions of every contract fit one list.
  run(call: HttpCall<z.output<I>, A>): Promise<z.input<O>>;
}

/** Declares an HTTP function. Facts it appends ring the doorbell after `run` has resolved. */
export function http<I extends z.ZodType, O extends z.ZodType, const A extends Auth>(
  contract: HttpContract<I, O, A>,
  run: (call: HttpCall<z.output<I>, A>) => Promise<z.input<O>>,
): HttpFunction<I, O, A> {
  return { kind: 'http', contract, run };
}

/** A file that is made while it is sent. */
export interface Download {
  /** What it is called when it is saved: letters, digits, `-`, `_` and `.` only. */
  readonly fileName: string;
  /** Nothing is made before somebody reads it, and nothing faster than they do. */
  readonly chunks: AsyncIterable<string>;
}

/**
 * Declares an HTTP function that answers a file. What `run` throws is answered as an error; what goes wrong once the
 * file is on its way cuts it off, so that nobody takes a part for the whole.
 */
export function download<I extends z.ZodType, const A extends Auth>(
  contract: Omit<HttpContract<I, z.ZodType, A>, 'output' | 'cacheMs'> & { readonly contentType: string },
  run: (call: HttpCall<z.output<I>, A>) => Promise<Download>,
): HttpFunction<I, z.ZodType<Download, Download>, A> {
  return { kind: 'http', contract: { ...contract, output: z.custom<Download>() }, run };
}

/** A callback's contract: raw bytes in, the platform's own answer out. Errors are answered by status and `{code:'FAIL', message}`. */
export interface CallbackContract {
  readonly route: Route;
  /** Who calls it, for the docs: `WeChat Pay`. */
  readonly caller: string;
  readonly errors: readonly ErrorCode[];
  readonly bodyBytesMax: number;
  /** What it reads besides the body, for the docs: names of query parameters, and of headers. */
  readonly reads: { readonly query?: readonly string[]; readonly headers?: readonly string[] };
  /** The types of a body that it takes, none when it takes no body, and of the answers that it gives: for the docs. */
  readonly takes: readonly string[];
  readonly answers: readonly string[];
}

/** What a callback is given: the request as it came, because a signature is over the raw bytes. */
export interface CallbackCall extends Call {
  /** Names in lower case; of a header given twice, the values joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Uint8Array;
  readonly query: Readonly<Record<string, string>>;
}

/** The platform's own answer. */
export interface CallbackAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
}

/** A declared callback, as `callback` makes it. */
export interface CallbackFunction {
  readonly kind: 'callback';
  readonly contract: CallbackContract;
  run(call: CallbackCall): Promise<CallbackAnswer>;
}

/** Declares a function that a platform calls. It authenticates its caller itself, by the platform's signature. */
export function callback(
  contract: CallbackContract,
  run: (call: CallbackCall) => Promise<CallbackAnswer>,
): CallbackFunction {
  return { kind: 'callback', contract, run };
}

/** Which event a consumer or an outward function reacts to. */
export interface ConsumerContract<D> {
  readonly on: EventType<D>;
  /** How long a run outside may take: seconds when not given. Until then nobody rings for its task again. */
  readonly budgetMs?: number;
}

/** What a consumer is given: what happened, and the transaction its effect belongs to. */
export interface ConsumerCall<D> extends Call {
  readonly data: D;
  readonly event: Envelope;
  /** The transaction in which this consumer's task is already claimed: the effect commits with it, or neither does. */
  readonly tx: Tx;
  /** Says that something happened; leaves with the same transaction. */
  readonly emit: (...facts: readonly Fact[]) => Promise<void>;
}

/** A declared consumer, as `consumer` makes it. */
export interface ConsumerFunction<D = unknown> {
  readonly kind: 'consumer';
  readonly contract: ConsumerContract<D>;
  run(call: ConsumerCall<D>): Promise<void>;
}

/**
 * Declares a consumer: one effect, named after the effect, inside our own database. It happens exactly once for each
 * event. It throws to be run again; a catalogued error with `retry: 'never'` is a message that can never succeed.
 */
export function consumer<D>(
  contract: Omit<ConsumerContract<D>, 'budgetMs'>,
  run: (call: ConsumerCall<D>) => Promise<void>,
): ConsumerFunction<D> {
  return { kind: 'consumer', contract, run };
}

/** What an outward function is given: what happened, and no transaction, because it calls the outside. */
export interface OutwardCall<D> extends Call {
  readonly data: D;
  readonly event: Envelope;
}

/** A declared effect outside the database, as `outward` makes it. */
export interface OutwardFunction<D = unknown> {
  readonly kind: 'outward';
  readonly contract: ConsumerContract<D>;
  /** The effect outside, then the record of it: what it resolves to commits with the task's `done`. */
  run(call: OutwardCall<D>): Promise<(tx: Tx) => Promise<void>>;
}

/**
 * Declares a consumer whose effect is outside the database. `run` calls the outside, with a key of its own that makes
 * a repeat harmless, and answers with the work that records the outcome; that work and the task's end commit together.
 */
export function outward<D>(
  contract: ConsumerContract<D>,
  run: (call: OutwardCall<D>) => Promise<(tx: Tx) => Promise<void>>,
): OutwardFunction<D> {
  return { kind: 'outward', contract, run };
}

/** When a timer runs, and for how long. */
export interface TimerContract {
  /** `every minute`, or `every 5 seconds` as far as the platform allows: SCF's seven-field cron, in UTC+8. */
  readonly cron: string;
  /** What to do before this call's time is up: the timer stops taking new work then. */
  readonly budgetMs: number;
  /** Whether the timer runs consumers itself. Its deployed unit then holds the code of all of them. */
  readonly runsConsumers?: true;
}

/** What became of one ring. `skipped`: there is no such task, or it has been done, or it is dead. */
export type Consumed = 'done' | 'skipped';

/** What a timer is given. */
export interface TimerCall extends Call {
  /** Whether there is still time to start another piece of work. */
  readonly hasTime: () => boolean;
  /**
   * Runs the consumer of that name for an event, as if the broker had rung. Only where the contract says
   * `runsConsumers`. @throws what the consumer threw, after that was logged and recorded in its task; a plain Error
   * when there is no such consumer
   */
  readonly consume: (consumer: string, eventId: string) => Promise<Consumed>;
}

/** A declared timer, as `timer` makes it. */
export interface TimerFunction {
  readonly kind: 'timer';
  readonly contract: TimerContract;
  /** How much it did, by kind, for the log. */
  run(call: TimerCall): Promise<Readonly<Record<string, number>>>;
}

/** Declares a scheduled job. It may overlap itself and run twice: everything it does is safe to repeat. */
export function timer(
  contract: TimerContract,
  run: (call: TimerCall) => Promise<Readonly<Record<string, number>>>,
): TimerFunction {
  return { kind: 'timer', contract, run };
}

/** Any function of the system. */
export type AnyFunction =
  | HttpFunction
  | CallbackFunction
  | ConsumerFunction
  | OutwardFunction
  | TimerFunction;
