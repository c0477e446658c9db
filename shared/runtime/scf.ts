/** The entry of a deployed unit: one `main_handler` for whatever the platform calls it with. */
import * as z from 'zod';
import { AppError, codeOf, fail } from '../errors.ts';
import type { AnyFunction, TimerFunction } from '../function.ts';
import type { Ports } from '../ports/ports.ts';
import { type Consumer, runConsumer } from './consumer.ts';
import { errorResponse } from './errorToResponse.ts';
import type { Endpoint } from './exchange.ts';
import { type Message, messagesOf } from './messages.ts';
import { type PlatformAnswer, platformAnswer, requestOf } from './normalise.ts';
import { createRouter, type Router } from './router.ts';
import { runTimer } from './timer.ts';

/** What the platform calls. It throws, so that the platform sees a failure, for everything but HTTP. */
export type MainHandler = (event: unknown, context: unknown) => Promise<unknown>;

/** An event function's answer may have 6 MB; headers and envelope need some of it. */
const ANSWER_BYTES_MAX = 5_500_000;

const Context = z.object({ request_id: z.string() });
const TimerEvent = z.object({ Type: z.string().regex(/^timer$/i) });

function messageOf(caught: unknown): string {
  return caught instanceof Error ? caught.message : String(caught);
}

/** What failed, for the platform, which writes what is thrown into a log of its own: our words for it stay in ours. */
function wordless(caught: unknown): Error {
  return new Error(codeOf(caught) ?? (caught instanceof Error ? caught.name : 'unknown'));
}

/** Without its ports a unit can still say that it is broken: to the caller by a catalogued error, to the log why. */
function brokenAnswer(
  method: string,
  { kind }: Endpoint,
  requestId: string,
  caught: unknown,
): PlatformAnswer {
  console.error(JSON.stringify({ level: 'error', requestId, cannotStart: messageOf(caught) }));
  return platformAnswer(method, errorResponse(fail('internal'), requestId, kind));
}

/** All of a file, or null when it is more than the platform can answer: half a file would look like a whole one. */
async function collected(chunks: AsyncIterable<string>): Promise<string | null> {
  let text = '';
  let bytes = 0;
  for await (const chunk of chunks) {
    // As it will stand in the platform's own JSON.
    bytes += Buffer.byteLength(JSON.stringify(chunk));
    if (bytes > ANSWER_BYTES_MAX) return null;
    text += chunk;
  }
  return text;
}

/** Null for what is no request. */
async function answerHttp(
  router: Router,
  ports: () => Ports,
  event: unknown,
  platformId: string,
): Promise<PlatformAnswer | null> {
  let own: Ports;
  try {
    own = ports();
  } catch (caught) {
    const broken = requestOf(event, { trustedProxies: 0, pathPrefix: '' });
    if (broken === null) return null;
    const { method, path } = broken.request;
    return brokenAnswer(method, router.find(method, path).endpoint, platformId, caught);
  }
  const http = requestOf(event, own.settings);
  if (http === null) return null;
  const { request, requestId } = http;
  const found = router.find(request.method, request.path);
  const response = await router.answer(request, own, found, requestId ?? platformId);
  if (response.chunks === undefined) return platformAnswer(request.method, response);
  const id = response.headers['x-request-id'] ?? platformId;
  try {
    const body = request.method === 'HEAD' ? '' : await collected(response.chunks);
    if (body === null) throw fail('answer.too_large');
    return platformAnswer(request.method, { status: response.status, headers: response.headers, body });
  } catch (caught) {
    // Nothing has been sent yet, and why it was cut off is in the log.
    const error = caught instanceof AppError ? caught : fail('internal');
    return platformAnswer(request.method, errorResponse(error, id, 'http'));
  }
}

/** Every message for every consumer of the unit, each on its own: one that fails does not hold up the others. */
async function deliver(
  consumers: ReadonlyMap<string, Consumer>,
  messages: readonly Message[],
  ports: Ports,
): Promise<void> {
  const failures: unknown[] = [];
  for (const message of messages) {
    if ('unreadable' in message) {
      failures.push(message.unreadable);
      continue;
    }
    for (const [name, own] of consumers) {
      await runConsumer(name, own, message.eventId, ports).catch((caught) => failures.push(caught));
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures.map(wordless), `${failures.length} failed`);
  }
}

/** What a unit is triggered by. Its deployer gives it these triggers and no others. */
interface Triggers {
  /** Whether it is a part of the API: then it has no trigger but HTTP. */
  readonly isApi: boolean;
  readonly consumers: ReadonlyMap<string, Consumer>;
  readonly timers: readonly (readonly [name: string, own: TimerFunction])[];
}

function triggersOf(functions: Readonly<Record<string, AnyFunction>>): Triggers {
  const consumers = new Map<string, Consumer>();
  const timers: [string, TimerFunction][] = [];
  let isApi = false;
  for (const [name, own] of Object.entries(functions)) {
    if (own.kind === 'consumer' || own.kind === 'outward') consumers.set(name, own);
    else if (own.kind === 'timer') timers.push([name, own]);
    else isApi = true;
  }
  return { isApi, consumers, timers };
}

/**
 * The handler of a unit, over its functions by name. `ports` is called when the first event comes, not when the unit
 * is loaded; it answers the same ports each time. `run` are the consumers that its timer
 * runs, where it runs any.
 *
 * What an event is, is said by the unit's triggers. To a unit of the API everything is a request, whatever keys it has,
 * and what cannot be read as one is refused as one. To any other unit a request is never a schedule or a message.
 * @throws what failed, for everything but HTTP
 */
export function unit(
  functions: Readonly<Record<string, AnyFunction>>,
  ports: () => Ports,
  run: Readonly<Record<string, Consumer>> = {},
): MainHandler {
  const router = createRouter(functions);
  const { isApi, consumers, timers } = triggersOf(functions);
  return async (event, context) => {
    const platformId = Context.safeParse(context).data?.request_id ?? 'unknown';
    const answer = await answerHttp(router, ports, event, platformId);
    if (answer !== null) return answer;
    if (isApi) return platformAnswer('GET', errorResponse(fail('request.invalid'), platformId, 'http'));
    const messages = consumers.size === 0 ? null : messagesOf(event);
    if (messages !== null) {
      await deliver(consumers, messages, ports());
    } else if (timers.length > 0 && TimerEvent.safeParse(event).success) {
      for (const [name, own] of timers) {
        await runTimer(name, own, ports(), { consumerOf: (consumer) => run[consumer] }).catch((caught) => {
          throw wordless(caught);
        });
      }
    } else {
      throw new Error('an event of a kind that this unit does not know');
    }
    return null;
  };
}
