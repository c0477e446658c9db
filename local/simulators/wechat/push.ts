/**
 * WeChat's message push, simulated: it tells a mini-program's server what happened, sealed or plain, in JSON or XML. It
 * repeats a push, with pauses that double, until the answer accepts it.
 */
import type { OutsideResponse, Send } from '../../../shared/adapters/http/request.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import { SECOND_MS, type TimeMs } from '../../../shared/schemas/base.ts';
import type { SimulatorKeys } from '../keys.ts';
import type { Schedule } from '../wxpay/notices.ts';
import { openMessage, sealMessage, signedParts } from './seal.ts';

type Words = Readonly<Record<string, unknown>>;

/**
 * Who made a push. A `rewritten` one has other words under a signature that was seen; an `unsigned` one has a wrong
 * signature.
 */
export type PushDelivery = 'genuine' | 'rewritten' | 'unsigned';

/** What is to be pushed. */
export interface Push {
  readonly event: string;
  /**
   * Our number of the order that the push is about. For a verdict of media, its trace id; for messages, somebody's
   * openid.
   */
  readonly orderNumber: string;
  /** The words of each try; the first try is 0. */
  readonly words: (tries: number) => Words;
}

/** One delivery and its answer. */
export interface PushRecord {
  readonly event: string;
  readonly orderNumber: string;
  readonly delivery: PushDelivery;
  readonly atMs: TimeMs;
  /** The status of the answer; null when none came in time. */
  readonly status: number | null;
  /** Whether the answer accepts the push. */
  readonly isTaken: boolean;
}

/** A parsed answer. */
export interface PushReply {
  readonly status: number;
  /** Null when the answer has another form, or is not sealed although it must be. */
  readonly words: Words | null;
}

/** What the push needs. */
export interface MessagePushOptions {
  readonly keys: SimulatorKeys;
  readonly clock: Clock;
  readonly random: () => number;
  readonly schedule: Schedule;
  readonly deliver: Send;
  /** The URL to push to; null until it is set. */
  readonly url: string | null;
  readonly clockFactor: number;
}

const ANSWER_WITHIN_MS = 5 * SECOND_MS;
const RETRIES_MAX = 15;
const FIRST_PAUSE_MS = 2 * SECOND_MS;
/** The plain answer "accepted". It needs no seal. */
const WELL: Words = { ErrCode: 0 };
const GH = 'gh_5a1e5c001e00';
const OFFICIAL = 'oWeChatOfficialAccount000000';

function xmlOf(words: Words): string {
  const value = (each: unknown) =>
    typeof each === 'object' && each !== null
      ? xmlOf({ ...each })
      : typeof each === 'number'
        ? String(each)
        : `<![CDATA[${String(each)}]]>`;
  return Object.entries(words)
    .flatMap(([name, each]) => (Array.isArray(each) ? each : [each]).map((one) => ({ name, one })))
    .map(({ name, one }) => `<${name}>${value(one)}</${name}>`)
    .join('');
}

/** The fields of a flat XML answer; null when it is not one. */
function xmlWords(text: string): Words | null {
  const inner = /^<xml>(.*)<\/xml>$/s.exec(text.trim())?.[1];
  if (inner === undefined) return null;
  const fields = inner.matchAll(/<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))<\/\1>/gs);
  return Object.fromEntries([...fields].map(([, name, sealed, plain]) => [name, sealed ?? plain]));
}

function jsonWords(text: string): Words | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? { ...json } : null;
  } catch {
    return null;
  }
}

/** The push. `mode` and `format` are set by the mini-program's owner, and may be changed at any time. */
export class MessagePush {
  mode: 'safe' | 'plain' = 'safe';
  format: 'json' | 'xml' = 'json';
  readonly records: PushRecord[] = [];
  readonly #options: MessagePushOptions;
  #url: string | null;

  constructor(options: MessagePushOptions) {
    this.#options = options;
    this.#url = options.url;
  }

  #digits(count: number): string {
    return Array.from({ length: count }, () => Math.floor(this.#options.random() * 10)).join('');
  }

  #stamp(): { timestamp: string; nonce: string; signature: string } {
    const timestamp = String(Math.floor(this.#options.clock.now() / SECOND_MS));
    const nonce = this.#digits(9);
    return { timestamp, nonce, signature: signedParts(this.#options.keys.pushToken, timestamp, nonce) };
  }

  /** The server that is pushed to; null until one is set. */
  get origin(): string | null {
    return this.#url === null ? null : new URL(this.#url).origin;
  }

  /** Sets the push URL, if the server there echoes a signed question. Answers whether it was set. */
  async configure(url: string): Promise<boolean> {
    const echostr = this.#digits(19);
    const query = new URLSearchParams({ ...this.#stamp(), echostr });
    const answer = await this.#send({ method: 'GET', url: `${url}?${query}`, body: '' }, ANSWER_WITHIN_MS);
    const isOurs = answer?.status === 200 && Buffer.from(answer.body).toString('utf8') === echostr;
    if (isOurs) this.#url = url;
    return isOurs;
  }

  /** Delivers a push, and repeats it until it is accepted. `taken` is called once, at that moment. */
  tell(push: Push, delayMs: number, taken: () => void = () => undefined): void {
    const stamp = this.#stamp();
    let isTaken = false;
    const attempt = async (tries: number): Promise<void> => {
      if (isTaken) return;
      isTaken = await this.deliver(push, 'genuine', tries, stamp);
      if (isTaken) return taken();
      if (tries < RETRIES_MAX) this.#later(FIRST_PAUSE_MS * 2 ** tries, () => attempt(tries + 1));
    };
    this.#later(delayMs, () => attempt(0));
  }

  #later(delayMs: number, job: () => Promise<void>): void {
    this.#options.schedule(Math.round(delayMs / this.#options.clockFactor), job);
  }

  /**
   * Makes one delivery of the given kind, and answers whether it was accepted. All tries of one push share one stamp.
   */
  async deliver(push: Push, delivery: PushDelivery, tries = 0, stamp = this.#stamp()): Promise<boolean> {
    const { event, orderNumber, words } = push;
    const atMs = this.#options.clock.now();
    const reply = await this.ask(event, words(tries), { delivery, stamp });
    const isTaken = reply?.status === 200 && Number(reply.words?.ErrCode) === 0;
    this.records.push({ event, orderNumber, delivery, atMs, status: reply?.status ?? null, isTaken });
    return isTaken;
  }

  /** Delivers once, and answers the reply; null when none came in time. */
  async ask(
    event: string,
    words: Words,
    how: {
      readonly delivery?: PushDelivery;
      readonly withinMs?: number;
      readonly stamp?: { readonly timestamp: string; readonly nonce: string; readonly signature: string };
    } = {},
  ): Promise<PushReply | null> {
    if (this.#url === null) return null;
    const { delivery = 'genuine', withinMs = ANSWER_WITHIN_MS, stamp = this.#stamp() } = how;
    const { query, body } = this.#request(event, words, delivery, stamp);
    const answer = await this.#send({ method: 'POST', url: `${this.#url}?${query}`, body }, withinMs);
    if (answer === null) return null;
    return { status: answer.status, words: this.#replied(Buffer.from(answer.body).toString('utf8')) };
  }

  #text(words: Words): string {
    return this.format === 'json' ? JSON.stringify(words) : `<xml>${xmlOf(words)}</xml>`;
  }

  #request(
    event: string,
    words: Words,
    delivery: PushDelivery,
    stamp: { readonly timestamp: string; readonly nonce: string; readonly signature: string },
  ): { readonly query: URLSearchParams; readonly body: string } {
    const { keys, clock } = this.#options;
    const message = this.#text({
      ToUserName: GH,
      FromUserName: OFFICIAL,
      CreateTime: Math.floor(clock.now() / SECOND_MS),
      MsgType: 'event',
      Event: event,
      ...words,
    });
    // In plain mode the signature does not cover the body. So anybody who has seen one push can sign any body.
    if (this.mode === 'plain' || delivery === 'rewritten')
      return { query: new URLSearchParams(stamp), body: message };
    const seal = { aesKey: keys.pushAesKey, appid: keys.appid, head: this.#digits(16) };
    const sealed = sealMessage(message, seal);
    const token = delivery === 'unsigned' ? 'nobody’s' : keys.pushToken;
    const query = new URLSearchParams({
      ...stamp,
      openid: typeof words.OpenId === 'string' ? words.OpenId : OFFICIAL,
      encrypt_type: 'aes',
      msg_signature: signedParts(token, stamp.timestamp, stamp.nonce, sealed),
    });
    return { query, body: this.#text({ ToUserName: GH, Encrypt: sealed }) };
  }

  async #send(
    request: { readonly method: 'GET' | 'POST'; readonly url: string; readonly body: string },
    withinMs: number,
  ): Promise<OutsideResponse | null> {
    const { clock, deliver } = this.#options;
    const startedAtMs = clock.now();
    const contentType = this.format === 'json' ? 'application/json' : 'text/xml';
    const headers = { 'user-agent': 'Mozilla/4.0', 'content-type': contentType };
    const answer = await deliver({ ...request, headers, timeoutMs: withinMs }).catch(() => null);
    return clock.now() - startedAtMs < withinMs ? answer : null;
  }

  #replied(text: string): Words | null {
    if (text === '' || text === 'success') return WELL;
    const read = this.format === 'json' ? jsonWords : xmlWords;
    const words = read(text);
    if (this.mode === 'plain' || words === null) return words;
    const { keys } = this.#options;
    const { Encrypt: sealed, MsgSignature: signature, TimeStamp: timestamp, Nonce: nonce } = words;
    const parts = [keys.pushToken, String(timestamp), String(nonce), String(sealed)];
    if (signedParts(...parts) !== signature) return null;
    const opened = openMessage(String(sealed), { aesKey: keys.pushAesKey, appid: keys.appid });
    return opened === null ? null : read(opened);
  }
}
