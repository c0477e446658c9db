/** Media in Tencent's object storage (COS), opened by presigned URLs. Nothing is sent: a link is only signed. */
import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { Files } from '../../ports/files.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import type { Credentials } from '../tencent/credentials.ts';

/** One bucket, and who signs for it. */
export interface CosOptions {
  /** The bucket's own host, `media-1250000000.cos.ap-guangzhou.myqcloud.com`, or a CDN's that checks the same signature. */
  readonly host: string;
  readonly credentials: () => Credentials;
  readonly clock: Clock;
}

/** How far the storage's clock may be behind ours. */
const CLOCK_SKEW_SECONDS = 60;

const hmac = (key: string, text: string) => createHmac('sha1', key).update(text).digest('hex');

/** Percent-encoding as the algorithm wants it: everything but letters, digits, `-`, `_`, `.` and `~`. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What is signed: a request as the storage will see it. */
export interface CosRequest {
  readonly method: string;
  /** Not escaped, with a slash in front. */
  readonly path: string;
  /** The headers that the link insists on; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `<start>;<end>` in seconds. */
  readonly keyTime: string;
}

/** The query that signs a request: COS's own algorithm, HMAC-SHA1 over a canonical form (document 436/7778). */
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

/** Links to one bucket. A link insists on the host, so that it opens nothing anywhere else. */
export function cosFiles({ host, credentials, clock }: CosOptions): Files {
  return {
    signedUrl: async (key, expiresAtMs) => {
      const own = credentials();
      const start = Math.floor(clock.now() / SECOND_MS) - CLOCK_SKEW_SECONDS;
      const end = Math.floor(expiresAtMs / SECOND_MS);
      const path = `/${key}`;
      const signed = cosSignature(own, {
        method: 'GET',
        path,
        headers: { host },
        keyTime: `${start};${end}`,
      });
      const token = own.token === null ? '' : `&x-cos-security-token=${percentEncode(own.token)}`;
      return `https://${host}${path.split('/').map(percentEncode).join('/')}?${signed}${token}`;
    },
  };
}
