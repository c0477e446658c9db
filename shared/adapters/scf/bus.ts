/**
 * The doorbell without a broker: an asynchronous call of the function that holds the consumers. Source:
 * cloud.tencent.com, SCF, "Invoke" (document 583/17243). The platform queues it, and repeats a run that fails.
 */
import * as z from 'zod';
import type { Bus, Ring } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Send } from '../http/request.ts';
import type { Credentials } from '../tencent/credentials.ts';
import { answerOf, RING_TIMEOUT_MS, ringingBus } from '../tencent/ringing.ts';
import { tc3Headers } from '../tencent/tc3.ts';

/** Where the functions are, which of them consume what, and who calls them. */
export interface InvokeOptions {
  /** The platform's API: `https://scf.tencentcloudapi.com`. */
  readonly endpoint: string;
  /** Such as `ap-guangzhou`. */
  readonly region: string;
  readonly namespace: string;
  /** The functions that hold consumers, by topic. */
  readonly functions: Readonly<Record<string, readonly string[]>>;
  readonly credentials: () => Credentials;
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The most events that one call carries. One instance runs them in turn, so more would wait for each other; and with
 * ids of 200 characters they stay within the 128 KB of an asynchronous call.
 */
export const EVENTS_MAX = 100;

/** An error's code is a few words with dots between. Its message may repeat what was sent, so it is not read. */
const Answer = z.object({
  Response: z.object({ Error: z.object({ Code: z.string().regex(/^[A-Za-z.]{1,80}$/) }).optional() }),
});

interface Batch {
  readonly name: string;
  readonly eventIds: readonly string[];
}

/** One batch for each function with one of the topics, or several when there are many events. */
function batchesOf(rings: readonly Ring[], functions: InvokeOptions['functions']): readonly Batch[] {
  const byName = new Map<string, Set<string>>();
  for (const { topic, eventId } of rings) {
    for (const name of functions[topic] ?? []) {
      byName.set(name, (byName.get(name) ?? new Set()).add(eventId));
    }
  }
  return [...byName].flatMap(([name, ids]) => {
    const all = [...ids];
    const count = Math.ceil(all.length / EVENTS_MAX);
    return Array.from({ length: count }, (_, at) => ({
      name,
      eventIds: all.slice(at * EVENTS_MAX, (at + 1) * EVENTS_MAX),
    }));
  });
}

/** Calls each function with `{eventIds}`. */
export function invokeBus(options: InvokeOptions): Bus {
  const { endpoint, region, namespace, functions, credentials, send, clock, log } = options;

  async function publish({ name, eventIds }: Batch): Promise<string | null> {
    const body = JSON.stringify({
      FunctionName: name,
      Namespace: namespace,
      // Without it the platform runs what was deployed last, released or not.
      Qualifier: '$DEFAULT',
      InvocationType: 'Event',
      ClientContext: JSON.stringify({ eventIds }),
    });
    const call = { service: 'scf', action: 'Invoke', version: '2018-04-16', region, endpoint, body };
    const answer = await send({
      method: 'POST',
      url: new URL('/', endpoint).href,
      headers: tc3Headers(credentials(), { ...call, at: clock.now() }),
      body,
      timeoutMs: RING_TIMEOUT_MS,
    });
    const code = answerOf(Answer, answer).Response.Error?.Code ?? null;
    if (code !== null && /LimitExceeded/.test(code)) throw new Error(code);
    return code;
  }

  return ringingBus({
    bus: 'invoke',
    clock,
    log,
    batchesOf: (rings) => batchesOf(rings, functions),
    wordsOf: ({ name, eventIds }) => ({ unit: name, eventId: eventIds[0], events: eventIds.length }),
    publish,
  });
}
