/** The broker in the cloud: TDMQ's CMQ edition, over its HTTP data plane. */
import { createHmac } from 'node:crypto';
import * as z from 'zod';
import type { Bus, Ring } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Log } from '../../ports/log.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import type { Send } from '../http/request.ts';
import type { Credentials } from '../tencent/credentials.ts';

/** The broker's address, and the publisher's credentials. */
export interface CmqOptions {
  /** As the console shows it: `https://cmq-gz.public.tencenttdmq.com`. */
  readonly endpoint: string;
  /** The short name: `gz`. */
  readonly region: string;
  readonly credentials: () => Credentials;
  readonly send: Send;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'random'>;
  readonly log: Log;
}

const PATH = '/v2/index.php';
/** A message that takes longer is not worth waiting for, because the sweep repeats it. */
const TIMEOUT_MS = 2 * SECOND_MS;
const NONCE_MAX = 2 ** 31 - 1;

const Answer = z.object({ code: z.int(), message: z.string().optional() });

/** An event's topic. The broker's names consist of letters, digits and dashes. */
export function topicOf(event: string): string {
  return event.replace(/[._]/g, '-');
}

/** The signature of a call, over host, path and the parameters sorted by name, none of them escaped. */
export function cmqSignature(
  secretKey: string,
  host: string,
  parameters: Readonly<Record<string, string>>,
): string {
  const names = Object.keys(parameters).sort();
  const canonical = names.map((name) => `${name.replaceAll('_', '.')}=${parameters[name]}`).join('&');
  return createHmac('sha256', secretKey).update(`POST${host}${PATH}?${canonical}`).digest('base64');
}

/**
 * Publishes `{eventId}` to the topic of each event. A failure is only logged, because the task remains in the
 * database.
 */
export function cmqBus({ endpoint, region, credentials, send, clock, ids, log }: CmqOptions): Bus {
  const { host } = new URL(endpoint);

  async function publish({ topic, eventId }: Ring): Promise<void> {
    const { secretId, secretKey, token } = credentials();
    const parameters: Record<string, string> = {
      Action: 'PublishMessage',
      Region: region,
      Timestamp: String(Math.floor(clock.now() / SECOND_MS)),
      Nonce: String(1 + Math.floor(ids.random() * NONCE_MAX)),
      SecretId: secretId,
      SignatureMethod: 'HmacSHA256',
      ...(token === null ? {} : { Token: token }),
      topicName: topicOf(topic),
      msgBody: JSON.stringify({ eventId }),
    };
    const signature = cmqSignature(secretKey, host, parameters);
    const { status, body } = await send({
      method: 'POST',
      url: new URL(PATH, endpoint).href,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...parameters, Signature: signature }).toString(),
      timeoutMs: TIMEOUT_MS,
    });
    const answer = Answer.parse(JSON.parse(Buffer.from(body).toString('utf8')));
    if (status !== 200 || answer.code !== 0) {
      throw new Error(`the broker answered ${status}, code ${answer.code}: ${answer.message ?? ''}`);
    }
  }

  async function tryToPublish(ring: Ring): Promise<void> {
    try {
      await publish(ring);
    } catch (caught) {
      const reason = caught instanceof Error ? caught.message : String(caught);
      log.write('warn', { bus: 'cmq', topic: ring.topic, eventId: ring.eventId, outcome: 'failed', reason });
    }
  }

  return {
    ring: async (rings) => {
      await Promise.all(rings.map(tryToPublish));
    },
  };
}
