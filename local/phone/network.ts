/** `wx.request` and `wx.downloadFile`: at most ten at a time, and as bad as the network is set. */
import type { Counts, Host, Settings } from './host.ts';
import type { Abortable, CallResult, DownloadOptions, RequestAnswer, RequestOptions } from './platform.ts';

const AT_ONCE_MAX = 10;
const SLOW_MS = 2_000;
const TIMEOUT_MS = 60_000;
/** How long requests go on after the mini-program left the front. */
const BEHIND_MS = 5_000;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** What the network needs of the phone. */
export interface NetworkUse {
  readonly host: Host;
  readonly settings: Readonly<Settings>;
  readonly counts: Counts;
  /** Runs a callback of the mini-program. */
  run(job: () => unknown): void;
  strict(what: string): never;
  /** Counts work outside of the phone, which ends by itself. */
  outside<T>(work: Promise<T>): Promise<T>;
}

interface Flying {
  end(tell: () => void): void;
  readonly fail: (failure: CallResult) => void;
  readonly name: string;
}

/** The requests of one phone. */
export class Network {
  readonly #use: NetworkUse;
  readonly #flying = new Set<Flying>();
  #isBehind = false;
  #leaving: number | null = null;

  constructor(use: NetworkUse) {
    this.#use = use;
  }

  /** Five seconds after the mini-program left the front, what is still under way is interrupted. */
  leave(): void {
    this.#leaving = this.#use.host.after(BEHIND_MS, () => {
      this.#isBehind = true;
      for (const one of [...this.#flying])
        one.end(() => one.fail({ errMsg: `${one.name}:fail interrupted` }));
    });
  }

  /** The mini-program is in front again. */
  enter(): void {
    if (this.#leaving !== null) this.#use.host.cancel(this.#leaving);
    this.#leaving = null;
    this.#isBehind = false;
  }

  /** `wx.request`. */
  request(options: RequestOptions): Abortable {
    const { method, url, header = {}, data, dataType = 'json', timeout = TIMEOUT_MS } = options;
    if (!METHODS.includes(method)) this.#use.strict(`wx.request has no method ${method}`);
    this.#use.counts.requests.push(`${method} ${url}`);
    const body = typeof data === 'string' || data === undefined ? data : new Uint8Array(data);
    return this.#send('request', { method, url, header, data: body, timeout }, options.fail, (answer) =>
      options.success({ ...answer, data: dataType === 'json' ? parsed(answer.data) : answer.data }),
    );
  }

  /** `wx.downloadFile`. The file has a path of the phone's own. */
  download(options: DownloadOptions): Abortable {
    const { url, success, fail } = options;
    const sent = { method: 'GET', url, header: {}, data: undefined, timeout: TIMEOUT_MS };
    return this.#send('downloadFile', sent, fail, ({ statusCode }) =>
      success({ tempFilePath: `wxfile://${url}`, statusCode }),
    );
  }

  #send(
    name: string,
    sent: {
      method: string;
      url: string;
      header: Readonly<Record<string, string>>;
      data: string | Uint8Array<ArrayBuffer> | undefined;
      timeout: number;
    },
    fail: (failure: CallResult) => void,
    succeed: (answer: RequestAnswer & { data: string }) => void,
  ): Abortable {
    const { host, settings, strict, run } = this.#use;
    if (this.#flying.size >= AT_ONCE_MAX) strict(`an eleventh request at a time: ${sent.url}`);
    let isOver = false;
    const own: Flying = {
      name,
      fail,
      end: (tell) => {
        if (isOver) return;
        isOver = true;
        this.#flying.delete(own);
        host.cancel(timer);
        run(tell);
        host.changed();
      },
    };
    const failed = (why: string) => own.end(() => fail({ errMsg: `${name}:fail ${why}` }));
    const timer = host.after(sent.timeout, () => failed('timeout'));
    this.#flying.add(own);
    const { network } = settings;
    if (network === 'off' || this.#isBehind) {
      host.after(0, () => failed(this.#isBehind ? 'interrupted' : 'net::ERR_INTERNET_DISCONNECTED'));
      return { abort: () => failed('abort') };
    }
    const { method, url, header, data = null } = sent;
    void this.#use.outside(host.send({ method, url, headers: header, body: data })).then(
      ({ status, headers, body }) => {
        const arrived = () => own.end(() => succeed({ statusCode: status, header: headers, data: body }));
        if (network === 'lost') failed('timeout');
        else if (network === 'slow') host.after(SLOW_MS, arrived);
        else arrived();
      },
      (caught: unknown) => failed(String(caught)),
    );
    return { abort: () => failed('abort') };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
