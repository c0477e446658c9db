/** Sends requests by `wx.request`, at most six at a time, and tells when no answer comes. */
import type { ClientAnswer, ClientRequest } from '../../client/request.ts';
import type { CallResult } from '../../local/phone/platform.ts';
import { foundOffline, foundOnline } from './network.ts';

/** The platform takes ten at a time. Downloads and pictures need some of them. */
const AT_ONCE_MAX = 6;

/** How long an answer is waited for. */
const TIMEOUT_MS = 15_000;

/** No answer came. It is not known whether the request was carried out. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
}

const waiting: (() => void)[] = [];
const untilShown: (() => void)[] = [];
let running = 0;

function begin(): void {
  while (running < AT_ONCE_MAX) {
    const next = waiting.shift();
    if (next === undefined) return;
    running += 1;
    next();
  }
}

/** A request that the platform stopped because the mini-program was left for more than five seconds. */
const isInterrupted = ({ errMsg }: CallResult) => errMsg.includes('interrupted');

/** Reads that were interrupted in the background are sent again. `app.ts` calls this when the app is shown. */
export function sendInterrupted(): void {
  waiting.push(...untilShown.splice(0));
  begin();
}

/**
 * Sends one request. Any status is an answer. A read that the platform interrupts is sent again when the mini-program
 * is shown; whatever may change something is not, because its caller has the ids to repeat it with.
 * @throws LostAnswer when no answer came
 */
export function send({ method, url, headers, body }: ClientRequest): Promise<ClientAnswer> {
  return new Promise((resolve, reject) => {
    const job = () => {
      const ended = () => {
        running -= 1;
        begin();
      };
      wx.request({
        url,
        // The platform has no PATCH.
        method: method === 'PATCH' ? 'POST' : method,
        header: method === 'PATCH' ? { ...headers, 'x-http-method-override': 'PATCH' } : headers,
        ...(body !== null && { data: body }),
        dataType: 'text',
        timeout: TIMEOUT_MS,
        success: ({ statusCode, header, data }) => {
          ended();
          foundOnline();
          const named = Object.entries(header).map(([name, value]) => [name.toLowerCase(), String(value)]);
          resolve({ status: statusCode, headers: Object.fromEntries(named), body: String(data) });
        },
        fail: (failure) => {
          ended();
          if (isInterrupted(failure) && method === 'GET') {
            untilShown.push(job);
            return;
          }
          foundOffline();
          reject(new LostAnswer(failure.errMsg));
        },
      });
    };
    waiting.push(job);
    begin();
  });
}
