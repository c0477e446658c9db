/** The entry of a deployed unit: one `main_handler` for everything the platform calls it with. */
import * as z from 'zod';
import { consumers as consumersOf } from '../consumers.ts';
import { codeOf, fail } from '../errors.ts';
import type { Ports } from '../ports/ports.ts';
import { describeCaught } from './caught.ts';
import type { Consumer } from './consumer.ts';
import { errorResponse } from './errorToResponse.ts';
import type { Endpoint } from './exchange.ts';
import { type LateConsumer, type LateFunction, lateEndpointsOf } from './late.ts';
import { type Message, messagesOf } from './messages.ts';
import { type PlatformAnswer, platformAnswer, requestOf } from './normalise.ts';
import { createRouter, type Router } from './router.ts';
import { wholeAnswer } from './whole.ts';

/**
 * The function that the platform calls. For everything but HTTP it throws on failure, so that the platform notices.
 */
export type MainHandler = (event: unknown, context: unknown) => Promise<unknown>;

const Context = z.object({ request_id: z.string() });
/** A trigger bears the name of the timer that it is for. */
const TimerEvent = z.object({ Type: z.string().regex(/^timer$/i), TriggerName: z.string() });

function messageOf(caught: unknown): string {
  return caught instanceof Error ? caught.message : String(caught);
}

/**
 * The failure as the platform may see it: a code or a name. The platform logs what is thrown, and our details belong
 * in our own log.
 */
function wordless(caught: unknown): Error {
  return new Error(codeOf(caught) ?? (caught instanceof Error ? caught.name : 'unknown'));
}

/** The answer of a unit that cannot get its ports: `internal` for the caller, the reason for the log. */
function brokenAnswer(
  method: string,
  { kind }: Endpoint,
  requestId: string,
  caught: unknown,
): PlatformAnswer {
  console.error(JSON.stringify({ level: 'error', requestId, cannotStart: messageOf(caught) }));
  return platformAnswer(method, errorResponse(fail('internal'), requestId, kind));
}

/** The bytes of a piece as it will stand in the platform's JSON. */
const inJson = (chunk: string) => Buffer.byteLength(JSON.stringify(chunk));

/** Answers an HTTP event. Null for any other event. */
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
  const id = requestId ?? platformId;
  const response = await router.answer(request, own, found, id);
  // Of an answer to HEAD the file is not even read.
  if (request.method === 'HEAD') return platformAnswer('HEAD', response);
  return platformAnswer(request.method, await wholeAnswer(response, id, inJson));
}

/** Loads a function, and logs why it cannot be loaded. Only HTTP's chain logs that by itself. */
async function loaded<F>(name: string, load: () => Promise<F>, { log }: Ports): Promise<F> {
  try {
    return await load();
  } catch (caught) {
    log.write('error', { function: name, outcome: 'failed', ...describeCaught(caught) });
    throw caught;
  }
}

const allConsumers: ReadonlySet<string> = new Set(Object.values(consumersOf).flat());

/** The consumers of an event, by the event's name, with which its id begins. */
function namesFor(eventId: string): readonly string[] {
  const event = eventId.slice(0, eventId.indexOf(':'));
  return Object.hasOwn(consumersOf, event) ? (consumersOf[event] ?? []) : [];
}

/**
 * Runs every message for those consumers of the unit that its event is for, each separately, so that a failure does
 * not stop the others. A message for none of them went astray, and counts as a failure.
 */
async function deliver(
  consumers: ReadonlyMap<string, LateConsumer>,
  messages: readonly Message[],
  ports: Ports,
): Promise<void> {
  const { runConsumer } = await import('./consumer.ts');
  const failures: unknown[] = [];
  for (const message of messages) {
    if ('unreadable' in message) {
      failures.push(message.unreadable);
      continue;
    }
    const own = namesFor(message.eventId).flatMap((name) => {
      const late = consumers.get(name);
      return late === undefined ? [] : [{ name, late }];
    });
    if (own.length === 0)
      failures.push(fail('notice.malformed', { detail: 'no consumer of the event is here' }));
    for (const { name, late } of own) {
      await loaded<Consumer>(name, late.load, ports)
        .then((consumer) => runConsumer(name, consumer, message.eventId, ports))
        .catch((caught) => failures.push(caught));
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures.map(wordless), `${failures.length} failed`);
  }
}

type LateTimer = Extract<LateFunction, { kind: 'timer' }>;

/** What a unit is started by. The deployment gives it these triggers and no others. */
interface Triggers {
  /** Whether it is part of the API. Then HTTP is its only trigger. */
  readonly isApi: boolean;
  readonly consumers: ReadonlyMap<string, LateConsumer>;
  readonly timers: ReadonlyMap<string, LateTimer>;
}

function triggersOf(functions: Readonly<Record<string, LateFunction>>): Triggers {
  const consumers = new Map<string, LateConsumer>();
  const timers = new Map<string, LateTimer>();
  let isApi = false;
  for (const [name, own] of Object.entries(functions)) {
    if (own.kind === 'consumer' || own.kind === 'outward') consumers.set(name, own);
    else if (own.kind === 'timer') timers.set(name, own);
    else isApi = true;
  }
  return { isApi, consumers, timers };
}

async function tick(
  name: string,
  late: LateTimer,
  ports: Ports,
  run: Readonly<Record<string, LateConsumer>>,
): Promise<void> {
  const { runTimer } = await import('./timer.ts');
  const own = await loaded(name, late.load, ports);
  const has = (consumer: string) => Object.hasOwn(run, consumer);
  const consumerOf = (consumer: string) => (has(consumer) ? run[consumer]?.load() : undefined);
  // A consumer that is no more is left to no other unit: running it fails, and that is seen.
  const runs = (consumer: string) => has(consumer) || !allConsumers.has(consumer);
  await runTimer(name, own, ports, { consumerOf, runs });
}

/**
 * The handler of a unit, over its functions by name, which their first calls load. `ports` is called at the first
 * event and not when the unit loads; it must return the same ports each time. `run` holds the consumers that the
 * unit's timer runs, if any.
 *
 * The unit's triggers decide what an event is. For a unit of the API every event is a request, whatever keys it has;
 * one that cannot be read as a request is refused as one. For any other unit a request is never taken for a schedule
 * or a message.
 * @throws what failed, for everything but HTTP
 */
export function unit(
  functions: Readonly<Record<string, LateFunction>>,
  ports: () => Ports,
  run: Readonly<Record<string, LateConsumer>> = {},
): MainHandler {
  const router = createRouter(lateEndpointsOf(functions));
  const { isApi, consumers, timers } = triggersOf(functions);
  return async (event, context) => {
    const platformId = Context.safeParse(context).data?.request_id ?? 'unknown';
    const answer = await answerHttp(router, ports, event, platformId);
    if (answer !== null) return answer;
    if (isApi) return platformAnswer('GET', errorResponse(fail('request.invalid'), platformId, 'http'));
    const messages = consumers.size === 0 ? null : messagesOf(event);
    const named = TimerEvent.safeParse(event).data?.TriggerName;
    const late = named === undefined ? undefined : timers.get(named);
    if (messages !== null) {
      await deliver(consumers, messages, ports());
    } else if (named !== undefined && late !== undefined) {
      await tick(named, late, ports(), run).catch((caught) => {
        throw wordless(caught);
      });
    } else {
      throw new Error('an event that this unit does not know');
    }
    return null;
  };
}
