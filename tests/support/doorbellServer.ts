import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Sign from 'tencentcloud-sdk-nodejs/tencentcloud/common/sign.js';
import * as z from 'zod';

/** What a server of the platform answers: it takes the call, or one of the ways in which it does not. */
export type Mood = 'well' | 'refuses' | 'throttles' | 'echoes' | 'bad gateway' | 'garbage';

/** A call with a right signature. */
export interface TakenCall {
  /** The function, or the topic. */
  readonly to: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the function, or the subscriber, gets. */
  readonly message: unknown;
}

const Invoked = z.looseObject({ FunctionName: z.string(), ClientContext: z.string() });

/** The platform's API and its broker in one, for the given credentials: it takes only what they have signed. */
export class DoorbellServer {
  mood: Mood = 'well';
  readonly taken: TakenCall[] = [];
  /** How many calls came, whatever became of them. */
  calls = 0;
  /** What was wrong with the calls that were not signed. */
  readonly wrong: string[] = [];
  readonly #credentials: { readonly secretId: string; readonly secretKey: string; readonly token: string };
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(credentials: {
    readonly secretId: string;
    readonly secretKey: string;
    readonly token: string;
  }) {
    this.#credentials = credentials;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    this.calls += 1;
    const isBroker = request.url === '/v2/index.php';
    const call = isBroker ? this.#published(request, body) : this.#invoked(request, body);
    const heard = JSON.stringify({ headers: request.headers, body: body.toString() });
    const refusal = (code: string, number: number, message: string) =>
      JSON.stringify(
        isBroker ? { code: number, message } : { Response: { Error: { Code: code, Message: message } } },
      );
    const answers: Readonly<Record<Mood, () => readonly [number, string]>> = {
      well: () => {
        if (call === null) return [200, refusal('AuthFailure.SignatureFailure', 4100, heard)];
        this.taken.push(call);
        return [200, JSON.stringify(isBroker ? { code: 0 } : { Response: { RequestId: 'r', Result: {} } })];
      },
      refuses: () => [200, refusal('ResourceNotFound.Function', 4440, 'there is none')],
      throttles: () => (isBroker ? [429, 'slowly'] : [200, refusal('RequestLimitExceeded', 0, 'slowly')]),
      echoes: () => [200, refusal('InternalError', 5000, heard)],
      'bad gateway': () => [502, `<html>${heard}</html>`],
      garbage: () => [200, heard],
    };
    const [status, text] = answers[this.mood]();
    response.writeHead(status).end(text);
  }

  #invoked({ headers, method }: IncomingMessage, body: Buffer): TakenCall | null {
    const { secretId, secretKey, token } = this.#credentials;
    const signed = Sign.sign3({
      method: method ?? '',
      url: `${this.url}/`,
      payload: body,
      timestamp: Number(headers['x-tc-timestamp']),
      service: 'scf',
      secretId,
      secretKey,
      multipart: false,
      boundary: '',
      headers: { 'Content-Type': headers['content-type'] ?? '' },
    });
    const isRight = headers.authorization === signed && headers['x-tc-token'] === token;
    const isInvoke = headers['x-tc-action'] === 'Invoke' && headers['x-tc-version'] === '2018-04-16';
    if (!isRight || !isInvoke) {
      this.wrong.push(`invoke: signature ${isRight}, action ${isInvoke}`);
      return null;
    }
    const asked = Invoked.parse(JSON.parse(body.toString()));
    return { to: asked.FunctionName, body: asked, message: JSON.parse(asked.ClientContext) };
  }

  #published({ headers }: IncomingMessage, body: Buffer): TakenCall | null {
    const { secretId, secretKey, token } = this.#credentials;
    const { Signature, ...rest } = Object.fromEntries(new URLSearchParams(body.toString()));
    const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
    const text = `POST${headers.host}/v2/index.php?${sorted.map(([name, value]) => `${name}=${value}`).join('&')}`;
    const isRight = Signature === createHmac('sha256', secretKey).update(text).digest('base64');
    const isOurs = rest.SecretId === secretId && rest.Token === token && rest.Action === 'PublishMessage';
    if (!isRight || !isOurs) {
      this.wrong.push(`publish: signature ${isRight}, names ${isOurs}`);
      return null;
    }
    return { to: rest.topicName ?? '', body: rest, message: JSON.parse(rest.msgBody ?? '') };
  }
}
