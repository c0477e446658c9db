/**
 * Signs calls of Tencent Cloud's API 3.0: TC3-HMAC-SHA256 over a JSON body. Source: cloud.tencent.com, "签名方法 v3"
 * (document 1278/85305). The signature is that of the SDK, whose one client would add half a megabyte to a unit.
 */
import { createHash, createHmac } from 'node:crypto';
import { SECOND_MS, type TimeMs } from '../../schemas/base.ts';
import type { Credentials } from './credentials.ts';

/** One call. */
export interface Tc3Call {
  /** The product, the first word of its host: `scf`. */
  readonly service: string;
  readonly action: string;
  /** Such as `2018-04-16`. */
  readonly version: string;
  /** Such as `ap-guangzhou`. */
  readonly region: string;
  /** The product's address, without a path: `https://scf.tencentcloudapi.com`. */
  readonly endpoint: string;
  /** JSON, signed as it is sent. */
  readonly body: string;
  /** Our time. The platform refuses a call that is five minutes off. */
  readonly at: TimeMs;
}

const ALGORITHM = 'TC3-HMAC-SHA256';
const TYPE = 'application/json';
const SIGNED = 'content-type;host';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text);

/** The headers of a POST to the endpoint's `/`. A port is not signed, and neither does the SDK. */
export function tc3Headers(
  { secretId, secretKey, token }: Credentials,
  { service, action, version, region, endpoint, body, at }: Tc3Call,
): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(at / SECOND_MS));
  const date = new Date(at).toISOString().slice(0, 10);
  const scope = `${date}/${service}/tc3_request`;
  const headers = `content-type:${TYPE}\nhost:${new URL(endpoint).hostname}\n`;
  const request = ['POST', '/', '', headers, SIGNED, hash(body)].join('\n');
  const dated = hmac(`TC3${secretKey}`, date).digest();
  const key = hmac(hmac(dated, service).digest(), 'tc3_request').digest();
  const signature = hmac(key, [ALGORITHM, seconds, scope, hash(request)].join('\n')).digest('hex');
  return {
    authorization: `${ALGORITHM} Credential=${secretId}/${scope}, SignedHeaders=${SIGNED}, Signature=${signature}`,
    'content-type': TYPE,
    'x-tc-action': action,
    'x-tc-version': version,
    'x-tc-region': region,
    'x-tc-timestamp': seconds,
    ...(token === null ? {} : { 'x-tc-token': token }),
  };
}
