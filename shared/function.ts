/**
 * What a function is: a contract and `run`. `http` answers a request. `callback` answers a platform in that
 * platform's own format. `consumer` has one effect of one event, inside our database. `outward` has one effect of
 * one event, outside it. `timer` runs on a schedule. Nothing here opens a connection or reads the environment.
 * `shared/runtime` runs what is declared here.
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
 * Who may call.
 *
 * - `public`: anybody.
 * - `optional`: anybody; a caller who is logged in is identified.
 * - `member`: any user who is logged in.
 * - `{ may }`: staff whose role allows that action, with a second factor shown in this session.
 *
 * `secondFactor: 'fresh'` asks for a second factor shown within the last ten minutes. It guards everything that
 * makes value or gives money back. `secondFactor: 'shows'` asks for none, because the function itself sets up or
 * checks the second factor.
 */
export type Auth =
  | 'public'
  | 'optional'
  | 'member'
  | { readonly may: StaffAction; readonly secondFactor?: 'fresh' | 'shows' };

/** `METHOD /path/{param}`. `tools/units.ts` says which deployed unit it is in. */
export type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /api/${string}`;

/**
 * A rate limit for each caller: at most `max` calls in each `windowMs`. A caller is a user, or a network address
 * when nobody is logged in.
 */
export interface Limit {
  readonly max: number;
  readonly windowMs: number;
  /**
   * Set where the limit guards an account. It is then counted exactly, over all processes, and is never forgotten
   * early.
   */
  readonly isExact?: true;
}

/**
 * The scarce resource that a call spends. Each has a limit of its own, shared by all functions that spend it.
 * `password`: a slow hash. `platform`: a call to WeChat or a payment rail. `signature`: a signed URL. `search`: a
 * search of the whole index. `export`: a walk through a whole table. A test checks that every function which can
 * reach one of them declares it.
 */
export type Cost = 'password' | 'platform' | 'signature' | 'search' | 'export';

/**
 * An HTTP contract. The input object is put together from the path's parameters and, for GET and DELETE, the query
 * string. Its values are all text, so numbers use `queryInt`. Other methods take the JSON body instead of the query.
 * A key that the schema does not name is answered with 400.
 */
export interface HttpContract<I extends z.ZodType, O extends z.ZodType, A extends Auth> {
  readonly route: Route;
  readonly auth: A;
  readonly input: I;
  readonly output: O;
  /**
   * The catalogued errors that `run` may throw. Errors of the chain itself (request.*, auth.required, …) are not
   * listed.
   */
  readonly errors: readonly ErrorCode[];
  /** The largest body in bytes; 256 KiB when not given. */
  readonly bodyBytesMax?: number;
  /** A rate limit tighter than the general one. */
  readonly limit?: Limit;
  /** The scarce resource that a call spends. It is counted once the input has been parsed. */
  readonly cost?: Cost;
  /** For a download: the media type of the file that is answered instead of the JSON envelope. */
  readonly contentType?: string;
  /** For `public` GETs only: how long an answer may be reused for anybody who sends the same request. */
  readonly cacheMs?: number;
}

type UserOf<A extends Auth> = A extends 'public' ? null : A extends 'optional' ? Caller | null : Caller;

/** What every function gets besides its own input. `now` is read once for each call. */
export interface Call {
  readonly now: TimeMs;
  readonly ports: Ports;
  readonly requestId: string;
}

/** What an HTTP function gets: input that fits its contract, and the caller. */
export interface HttpCall<I, A extends Auth> extends Call {
  readonly input: I;
  readonly user: UserOf<A>;
  /**
   * The caller's network address, as far as it can be trusted; for IPv6, its /64 network. It is used for limits,
   * never for identity.
   */
  readonly address: string;
  /** The device that WeChat's headers name. It takes part in the price that the caller is asked. */
  readonly said: SaidPlatform;
  /**
   * A rough description of the caller's device (`微信 · iPhone`), by which users recognise their sessions; null when
   * unknown.
   */
  readonly device: string | null;
}

/** A declared HTTP function, made by `http`. */
export interface HttpFunction<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  A extends Auth = Auth,
> {
  readonly kind: 'http';
  readonly contract: HttpContract<I, O, A>;
  // `run` is a method, not a property, so that functions with any contract fit into one list.
  run(call: HttpCall<z.output<I>, A>): Promise<z.input<O>>;
}

/** Declares an HTTP function. The broker is rung for the facts it appended after `run` has resolved. */
export function http<I extends z.ZodType, O extends z.ZodType, const A extends Auth>(
  contract: HttpContract<I, O, A>,
  run: (call: HttpCall<z.output<I>, A>) => Promise<z.input<O>>,
): HttpFunction<I, O, A> {
  return { kind: 'http', contract, run };
}

/** A file that is generated while it is sent. */
export interface Download {
  /** The name under which it is saved: letters, digits, `-`, `_` and `.` only. */
  readonly fileName: string;
  /** The text, piece by piece. Nothing is generated before it is read, or faster than it is read. */
  readonly chunks: AsyncIterable<string>;
}

/**
 * Declares an HTTP function that answers with a file. An error thrown by `run` is answered as an error. An error in
 * the middle of the file ends the connection, so that a part is not taken for the whole.
 */
export function download<I extends z.ZodType, const A extends Auth>(
  contract: Omit<HttpContract<I, z.ZodType, A>, 'output' | 'cacheMs'> & { readonly contentType: string },
  run: (call: HttpCall<z.output<I>, A>) => Promise<Download>,
): HttpFunction<I, z.ZodType<Download, Download>, A> {
  return { kind: 'http', contract: { ...contract, output: z.custom<Download>() }, run };
}

/**
 * A callback's contract. It takes raw bytes and answers in the platform's own format. Errors are answered by their
 * status and `{code:'FAIL', message}`.
 */
export interface CallbackContract {
  readonly route: Route;
  /** The platform that calls it, for the docs: `WeChat Pay`. */
  readonly caller: string;
  readonly errors: readonly ErrorCode[];
  readonly bodyBytesMax: number;
  /** What it reads besides the body, for the docs: names of query parameters and of headers. */
  readonly reads: { readonly query?: readonly string[]; readonly headers?: readonly string[] };
  /** For the docs: the media types of the bodies it takes (empty when it takes none), and of its answers. */
  readonly takes: readonly string[];
  readonly answers: readonly string[];
}

/** What a callback gets: the request as it arrived, because signatures cover the raw bytes. */
export interface CallbackCall extends Call {
  /** Header names are in lower case. The values of a header that was given twice are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Uint8Array;
  readonly query: Readonly<Record<string, string>>;
}

/** The answer in the platform's own format. */
export interface CallbackAnswer {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly contentType: string;
}

/** A declared callback, made by `callback`. */
export interface CallbackFunction {
  readonly kind: 'callback';
  readonly contract: CallbackContract;
  run(call: CallbackCall): Promise<CallbackAnswer>;
}

/** Declares a function that a platform calls. It authenticates the platform itself, by the signature. */
export function callback(
  contract: CallbackContract,
  run: (call: CallbackCall) => Promise<CallbackAnswer>,
): CallbackFunction {
  return { kind: 'callback', contract, run };
}

/** The event that a consumer or an outward function reacts to. */
export interface ConsumerContract<D> {
  readonly on: EventType<D>;
  /**
   * How long one run of an outward function may take; some seconds when not given. Until then its task is not run
   * again.
   */
  readonly budgetMs?: number;
}

/** What a consumer gets: the event, and the transaction that its effect belongs to. */
export interface ConsumerCall<D> extends Call {
  readonly data: D;
  readonly event: Envelope;
  /**
   * The transaction that has already claimed this consumer's task. The effect and the claim commit together, or
   * neither does.
   */
  readonly tx: Tx;
  /** Appends facts in the same transaction. */
  readonly emit: (...facts: readonly Fact[]) => Promise<void>;
}

/** A declared consumer, made by `consumer`. */
export interface ConsumerFunction<D = unknown> {
  readonly kind: 'consumer';
  readonly contract: ConsumerContract<D>;
  run(call: ConsumerCall<D>): Promise<void>;
}

/**
 * Declares a consumer: one effect inside our own database, and named after that effect. It happens exactly once for
 * each event. When `run` throws, it runs again later; a catalogued error with `retry: 'never'` ends the task as dead
 * instead.
 */
export function consumer<D>(
  contract: Omit<ConsumerContract<D>, 'budgetMs'>,
  run: (call: ConsumerCall<D>) => Promise<void>,
): ConsumerFunction<D> {
  return { kind: 'consumer', contract, run };
}

/** What an outward function gets: the event, and no transaction, because it calls the outside. */
export interface OutwardCall<D> extends Call {
  readonly data: D;
  readonly event: Envelope;
}

/** A declared effect outside the database, made by `outward`. */
export interface OutwardFunction<D = unknown> {
  readonly kind: 'outward';
  readonly contract: ConsumerContract<D>;
  /**
   * Performs the effect outside, and resolves to the work that records it. That work commits together with the
   * task's `done`.
   */
  run(call: OutwardCall<D>): Promise<(tx: Tx) => Promise<void>>;
}

/**
 * Declares a consumer whose effect is outside the database. `run` calls the outside with an idempotency key of its
 * own, so that a repeat is harmless. It answers with the work that records the outcome, which commits together with
 * the end of the task.
 */
export function outward<D>(
  contract: ConsumerContract<D>,
  run: (call: OutwardCall<D>) => Promise<(tx: Tx) => Promise<void>>,
): OutwardFunction<D> {
  return { kind: 'outward', contract, run };
}

/** When a timer runs, and how long it may run. */
export interface TimerContract {
  /**
   * `every minute`, or `every 5 seconds` where the platform allows it. It becomes SCF's seven-field cron, in UTC+8.
   */
  readonly cron: string;
  /** How long one run may take. The timer starts no new work after that. */
  readonly budgetMs: number;
  /** Set when the timer runs consumers itself. Its deployed unit then holds the code of those that it has time for. */
  readonly runsConsumers?: true;
}

/** The outcome of running one task. `skipped`: there is no such task, or it is done or dead. */
export type Consumed = 'done' | 'skipped';

/** What a timer gets. */
export interface TimerCall extends Call {
  /** Whether there is still time to start another piece of work. */
  readonly hasTime: () => boolean;
  /** Whether the named consumer is run here. One that takes too long for this unit is run by another one's timer. */
  readonly runs: (consumer: string) => boolean;
  /**
   * Runs the named consumer for an event, as if the broker had rung. Only allowed when the contract says
   * `runsConsumers`.
   * @throws what the consumer threw, after it was logged and recorded in the task; a plain Error when there is no
   * such consumer
   */
  readonly consume: (consumer: string, eventId: string) => Promise<Consumed>;
}

/** A declared timer, made by `timer`. */
export interface TimerFunction {
  readonly kind: 'timer';
  readonly contract: TimerContract;
  /** Resolves to how much it did, by kind, for the log. */
  run(call: TimerCall): Promise<Readonly<Record<string, number>>>;
}

/** Declares a scheduled job. Its runs may overlap or repeat, so everything it does must be safe to repeat. */
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
