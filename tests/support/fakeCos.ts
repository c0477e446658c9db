/**
 * A bucket of Tencent's object storage in memory, which accepts only a right signature. It computes the signature of
 * the received request by the documentation's own steps (document 436/7778), and shares no code with the adapter.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../../shared/ports/clock.ts';

/** A request as it arrives, and its answer. */
export interface FakeRequest {
  readonly method: string;
  readonly url: string;
  /** Header names are in lower case. `host` is that of the URL. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
export interface FakeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

interface Stored {
  readonly contentType: string;
  readonly isPublic: boolean;
  readonly body: Buffer;
}

const escaped = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
const sha1 = (key: string, text: string) => createHmac('sha1', key).update(text).digest('hex');

/** The bucket. With `isDown`, it answers 503 to everything. */
export function fakeCos(secretKey: string, clock: Clock) {
  const files = new Map<string, Stored>();
  const state = { isDown: false };

  function isSigned({ method, url, headers }: FakeRequest): boolean {
    const { pathname, searchParams, host } = new URL(url);
    const [start, end] = (searchParams.get('q-sign-time') ?? '')
      .split(';')
      .map((second) => Number(second) * 1000);
    if (start === undefined || end === undefined || clock.now() < start || clock.now() >= end) return false;
    const came: Readonly<Record<string, string>> = { ...headers, host };
    const names = (searchParams.get('q-header-list') ?? '').split(';');
    const signed = names.map((name) => `${escaped(name)}=${escaped(came[name] ?? '')}`).join('&');
    const text = `${method.toLowerCase()}\n${decodeURIComponent(pathname)}\n\n${signed}\n`;
    const keyTime = searchParams.get('q-key-time') ?? '';
    const digest = createHash('sha1').update(text).digest('hex');
    const right = sha1(sha1(secretKey, keyTime), `sha1\n${keyTime}\n${digest}\n`);
    return searchParams.get('q-signature') === right;
  }

  function take({ headers, body }: FakeRequest, key: string): number {
    if (Number(headers['content-length']) !== body.length) return 400;
    if (files.has(key) && headers['x-cos-forbid-overwrite'] === 'true') return 409;
    const contentType = headers['content-type'] ?? 'application/octet-stream';
    files.set(key, {
      contentType,
      isPublic: headers['x-cos-acl'] === 'public-read',
      body: Buffer.from(body),
    });
    return 200;
  }

  function read({ headers: { range = '' } }: FakeRequest, file: Stored): FakeAnswer {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const given = { 'content-type': file.contentType };
    if (from === undefined || to === undefined) return { status: 200, headers: given, body: file.body };
    if (Number(from) >= file.body.length) return { status: 416, headers: {}, body: Buffer.alloc(0) };
    const body = file.body.subarray(Number(from), Number(to) + 1);
    const part = `bytes ${from}-${Number(from) + body.length - 1}/${file.body.length}`;
    return { status: 206, headers: { ...given, 'content-range': part }, body };
  }

  return {
    files,
    state,
    answer(request: FakeRequest): FakeAnswer {
      const empty = (status: number): FakeAnswer => ({ status, headers: {}, body: Buffer.alloc(0) });
      if (state.isDown) return empty(503);
      const key = decodeURIComponent(new URL(request.url).pathname).slice(1);
      const file = files.get(key);
      if (request.method === 'PUT') return empty(isSigned(request) ? take(request, key) : 403);
      if (request.method === 'DELETE') {
        if (!isSigned(request)) return empty(403);
        files.delete(key);
        return empty(204);
      }
      if (file?.isPublic !== true && !isSigned(request)) return empty(403);
      return file === undefined ? empty(404) : read(request, file);
    },
  };
}
