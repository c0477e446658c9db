/**
 * Files in Tencent's object storage (COS), uploaded and read by presigned URLs. They never pass through this
 * process.
 */
import { createHash, createHmac } from 'node:crypto';
import { fail } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Files } from '../../ports/files.ts';
import { SECOND_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { StoredFile } from '../../schemas/catalogue/upload.ts';
import type { OutsideResponse, Send } from '../http/request.ts';
import type { Credentials } from '../tencent/credentials.ts';

/** One bucket, and the credentials that sign for it. */
export interface CosOptions {
  /**
   * The bucket's own host: `media-1250000000.cos.ap-guangzhou.myqcloud.com`. A CDN's host does not accept presigned
   * links.
   */
  readonly host: string;
  readonly credentials: () => Credentials;
  readonly clock: Clock;
  readonly send: Send;
}

/** How far the storage's clock may be behind ours. */
const CLOCK_SKEW_SECONDS = 60;

const hmac = (key: string, text: string) => createHmac('sha1', key).update(text).digest('hex');

/** Percent-encoding of everything but letters, digits, `-`, `_`, `.` and `~`, as the algorithm requires. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A request as the storage will see it, for signing. */
export interface CosRequest {
  readonly method: string;
  /** Not escaped, with a slash in front. */
  readonly path: string;
  /** The signed headers. Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `<start>;<end>` in seconds. */
  readonly keyTime: string;
}

/**
 * The query string that signs a request by COS's own algorithm: HMAC-SHA1 over a canonical form (document 436/7778).
 */
export function cosSignature({ secretId, secretKey }: Credentials, request: CosRequest): string {
  const { keyTime } = request;
  const names = Object.keys(request.headers).sort();
  const headers = names.map((name) => `${name}=${percentEncode(request.headers[name] ?? '')}`).join('&');
  const httpString = `${request.method.toLowerCase()}\n${request.path}\n\n${headers}\n`;
  const digest = createHash('sha1').update(httpString).digest('hex');
  const signature = hmac(hmac(secretKey, keyTime), `sha1\n${keyTime}\n${digest}\n`);
  return [
    'q-sign-algorithm=sha1',
    `q-ak=${percentEncode(secretId)}`,
    `q-sign-time=${keyTime}`,
    `q-key-time=${keyTime}`,
    `q-header-list=${names.join(';')}`,
    'q-url-param-list=',
    `q-signature=${signature}`,
  ].join('&');
}

/** How long the storage may take to answer. */
const TIMEOUT_MS = 3_000;
const FIRST_BYTES = 'bytes=0-31';
/** How long a link for our own use is valid. */
const OWN_LINK_MS = 60 * SECOND_MS;

/** Links to one bucket. The host is signed too, so a link opens nothing elsewhere. */
export function cosFiles({ host, credentials, clock, send }: CosOptions): Files {
  const plainUrl = (key: string) => `https://${host}/${key.split('/').map(percentEncode).join('/')}`;

  /**
   * A link for one method. The headers are signed too, so another size, type or permission needs another signature.
   */
  function link(
    method: string,
    key: string,
    headers: Readonly<Record<string, string>>,
    expiresAtMs: TimeMs,
  ): string {
    const own = credentials();
    const start = Math.floor(clock.now() / SECOND_MS) - CLOCK_SKEW_SECONDS;
    const keyTime = `${start};${Math.floor(expiresAtMs / SECOND_MS)}`;
    const signed = cosSignature(own, { method, path: `/${key}`, headers: { ...headers, host }, keyTime });
    const token = own.token === null ? '' : `&x-cos-security-token=${percentEncode(own.token)}`;
    return `${plainUrl(key)}?${signed}${token}`;
  }

  /** Asks the storage itself. @throws storage.unavailable when it does not answer */
  async function ask(
    method: 'GET' | 'DELETE',
    key: string,
    headers: Readonly<Record<string, string>>,
    answerBytesMax?: number,
  ): Promise<OutsideResponse> {
    const url = link(method, key, headers, timeMs(clock.now() + OWN_LINK_MS));
    try {
      const asked = { method, url, headers, body: '', timeoutMs: TIMEOUT_MS } as const;
      return await send(answerBytesMax === undefined ? asked : { ...asked, answerBytesMax });
    } catch (cause) {
      throw fail('storage.unavailable', { cause });
    }
  }

  return {
    signedUrl: async (key, expiresAtMs) => link('GET', key, {}, expiresAtMs),
    publicUrl: plainUrl,
    uploadLink: async ({ key, contentType, bytes, isPublic }, expiresAtMs) => {
      const headers = {
        'content-type': contentType,
        'content-length': String(bytes),
        'x-cos-forbid-overwrite': 'true',
        ...(isPublic ? { 'x-cos-acl': 'public-read' } : {}),
      };
      return { url: link('PUT', key, headers, expiresAtMs), headers };
    },
    find: async (key) => storedFile(await ask('GET', key, { range: FIRST_BYTES })),
    remove: async (key) => {
      const { status } = await ask('DELETE', key, {});
      // 204 also when there is no such file (document 436/7743); 404 when there is no such bucket.
      if (status !== 204) throw unexpected(status);
    },
    read: async (key, bytesMax) => {
      const { status, body } = await ask('GET', key, {}, bytesMax);
      if (status === 404) return null;
      if (status !== 200) throw unexpected(status);
      return body;
    },
  };
}

const unexpected = (status: number) =>
  fail('storage.unavailable', { detail: `the object storage answered ${status}` });

/**
 * The file described by the answer to a request for its first bytes; null for 404, and for 416, which means an empty
 * file.
 */
function storedFile({ status, headers, body }: OutsideResponse): StoredFile | null {
  if (status === 404 || status === 416) return null;
  const total = /^bytes 0-\d+\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  if (status !== 206 || total === undefined) throw unexpected(status);
  return { bytes: Number(total), contentType: headers['content-type'] ?? '', start: body };
}
