/**
 * Asking a CloudBase environment: `@cloudbase/database` makes the requests, and this signs and sends them, because the
 * whole of `@cloudbase/node-sdk` is five times as large. Source: its `tcbapirequester.js` and `tcbdbapirequester.js`,
 * 3.18.3.
 */
import type { Db } from '@cloudbase/database';
import type { Clock } from '../../ports/clock.ts';
import type { Meter } from '../../ports/database.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import type { Send } from '../http/request.ts';
import type { Credentials } from '../tencent/credentials.ts';
import { tc3Headers } from '../tencent/tc3.ts';
import type { Addresses } from './address.ts';
import { CloudbaseError, unavailable } from './failures.ts';

/** The environment, and how it is reached. */
export interface ClientOptions {
  readonly environment: string;
  readonly addresses: Addresses;
  /** Fetched at each call. @throws a plain Error when there are none */
  readonly credentials: () => Credentials;
  readonly send: Send;
  /** The wall clock, which signatures carry. */
  readonly clock: Clock;
}

const TIMEOUT_MS = 5_000;
/** Making an index of a large collection takes its time. */
const CHANGE_TIMEOUT_MS = 60_000;
/** A page of documents, each as a text in a text. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** Signatures begin a second before now, as those of the SDK. */
const EARLIER_S = 1;
const SIGNED_FOR_S = 600;

type Params = Readonly<Record<string, unknown>>;
type Ask = (action: string, params?: Params) => Promise<Params>;

/** The part of the SDK that sends. It makes one for every query, with the configuration of its database. */
class Requester {
  readonly send: Ask;
  constructor({ ask }: { readonly ask: Ask }) {
    this.send = ask;
  }
}

async function loadSdk() {
  const [{ Db: Database }, { sign }] = await Promise.all([
    import('@cloudbase/database'),
    import('@cloudbase/signature-nodejs'),
  ]);
  Database.reqClass = Requester;
  return { Database, sign };
}

let loaded: ReturnType<typeof loadSdk> | null = null;

/** The SDK. The first call of a process loads it. */
function sdk(): ReturnType<typeof loadSdk> {
  loaded ??= loadSdk();
  return loaded;
}

/** The environment. */
export class Client {
  readonly #options: ClientOptions;
  #asked = 0;
  #isClosed = false;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /**
   * The SDK's database, for somebody whose calls are counted on these meters. What it is asked for throws
   * CloudbaseError, or an error of the network.
   */
  async db(...meters: readonly Meter[]): Promise<Db> {
    const { Database } = await sdk();
    const ask: Ask = (action, params = {}) => {
      for (const meter of meters) meter.roundTrips += 1;
      return this.#ask(action, params);
    };
    return new Database({ ask });
  }

  /** From now on everything that is asked is refused. */
  close(): void {
    this.#isClosed = true;
  }

  async #ask(action: string, params: Params): Promise<Params> {
    const { environment, addresses, clock } = this.#options;
    this.#asked += 1;
    const url = `${addresses.data}?env=${environment}&seqId=${clock.now()}_${this.#asked}`;
    const credentials = this.#credentials();
    const tokens = { wxCloudApiToken: '', wxCloudbaseAccesstoken: '', tcb_sessionToken: '' };
    const own = { action, envName: environment, sessionToken: credentials.token ?? undefined };
    const whole = { ...params, ...own, ...tokens, crossAuthorizationToken: '' };
    const headers = {
      'content-type': 'application/json',
      'x-sdk-version': 'tcb-node-sdk/3.18.3',
      'x-client-timestamp': String(clock.now()),
      host: new URL(url).host,
    };
    const { sign } = await sdk();
    const signed = sign({
      ...credentials,
      ...{ method: 'post', url, headers, params: whole, withSignedParams: true },
      timestamp: Math.floor(clock.now() / SECOND_MS) - EARLIER_S,
    });
    const answer = await this.#send(url, whole, TIMEOUT_MS, {
      ...headers,
      authorization: signed.authorization,
      'x-timestamp': String(signed.timestamp),
      'x-signature-expires': String(SIGNED_FOR_S),
    });
    if (typeof answer.code === 'string') throw new CloudbaseError(answer.code, String(answer.message));
    return answer;
  }

  /**
   * Asks the cloud's API, version 2018-06-08 of `tcb`: https://cloud.tencent.com/document/api/876/34808
   * @throws CloudbaseError, or an error of the network
   */
  async manage(action: string, params: Params): Promise<Params> {
    const { environment, addresses, clock } = this.#options;
    const whole = { EnvId: environment, ...params };
    const call = {
      service: 'tcb',
      version: '2018-06-08',
      action,
      body: JSON.stringify(whole),
      at: clock.now(),
    };
    const headers = tc3Headers(this.#credentials(), {
      ...call,
      ...{ endpoint: addresses.api, region: addresses.region },
    });
    const { Response } = await this.#send(`${addresses.api}/`, whole, CHANGE_TIMEOUT_MS, headers);
    const answer = Object(Response);
    if (answer.Error) throw new CloudbaseError(String(answer.Error.Code), String(answer.Error.Message));
    return answer;
  }

  #credentials(): Credentials {
    if (this.#isClosed) throw unavailable(new Error('the database is closed'));
    try {
      return this.#options.credentials();
    } catch (error) {
      throw unavailable(error);
    }
  }

  async #send(
    url: string,
    params: Params,
    timeoutMs: number,
    headers: Readonly<Record<string, string>>,
  ): Promise<Params> {
    const { status, body } = await this.#options.send({
      ...{ method: 'POST', url, headers, body: JSON.stringify(params) },
      ...{ timeoutMs, answerBytesMax: ANSWER_BYTES_MAX },
    });
    if (status !== 200) throw new CloudbaseError(String(status), 'an answer without a result');
    try {
      return JSON.parse(Buffer.from(body).toString());
    } catch {
      throw new CloudbaseError('502', 'an answer that is no JSON');
    }
  }
}
