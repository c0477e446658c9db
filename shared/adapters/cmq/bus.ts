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
import { answerOf, RING_TIMEOUT_MS, ringingBus } from '../tencent/ringing.ts';

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
const NONCE_MAX = 2 ** 31 - 1;

/** A refusal's message may repeat what was sent, so only its code is read. */
const Answer = z.object({ code: z.int() });

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

/** Publishes `{eventId}` to the topic of each event. */
export function cmqBus({ endpoint, region, credentials, send, clock, ids, log }: CmqOptions): Bus {
  const { host } = new URL(endpoint);

  async function publish({ topic, eventId }: Ring): Promise<string | null> {
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
    const answer = await send({
      method: 'POST',
      url: new URL(PATH, endpoint).href,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...parameters, Signature: signature }).toString(),
      timeoutMs: RING_TIMEOUT_MS,
    });
    const { code } = answerOf(Answer, answer);
    return code === 0 ? null : `code ${code}`;
  }

  return ringingBus({
    bus: 'cmq',
    clock,
    log,
    batchesOf: (rings) => rings,
    wordsOf: ({ topic, eventId }) => ({ topic, eventId }),
    publish,
  });
}
