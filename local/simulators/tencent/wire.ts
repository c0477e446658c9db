/**
 * How Tencent Cloud's API 3.0 is spoken: the signature TC3-HMAC-SHA256, and the shape of answers and errors.
 *
 * Source: cloud.tencent.com/document/api/583/33846 (signature v3), and the requests of tencentcloud-sdk-nodejs 4.1.313.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { OutsideResponse } from '../../../shared/adapters/http/request.ts';
import type { SimulatedRequest } from '../exchange.ts';

/** Who may call. */
export interface ApiKeys {
  readonly secretId: string;
  readonly secretKey: string;
}

/** A refusal in the words of the platform, such as `ResourceNotFound.FunctionName`. */
export class CloudRefused extends Error {
  override readonly name = 'CloudRefused';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The largest request that is signed this way. */
export const REQUEST_BYTES_MAX = 10 * 1024 * 1024;
const SKEW_SECONDS_MAX = 300;
const AUTHORIZATION =
  /^TC3-HMAC-SHA256 Credential=([^/]+)\/([0-9-]{10})\/([^/]+)\/tc3_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/**
 * Checks a request's signature. The service in the credential's scope is the first label of the host, whatever it is.
 * @throws CloudRefused AuthFailure.SecretIdNotFound, AuthFailure.SignatureExpire, AuthFailure.SignatureFailure
 */
export function verifySignature(request: SimulatedRequest, keys: ApiKeys, nowMs: number): void {
  const { method, headers, body } = request;
  const [, secretId, day, service, signed, signature] = AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (secretId === undefined || day === undefined || service === undefined || signature === undefined)
    throw new CloudRefused('AuthFailure.SignatureFailure', 'there is no signature that can be read');
  if (secretId !== keys.secretId)
    throw new CloudRefused('AuthFailure.SecretIdNotFound', 'the SecretId is not found');
  const stamp = Number(headers['x-tc-timestamp']);
  if (!(Math.abs(nowMs / 1000 - stamp) <= SKEW_SECONDS_MAX))
    throw new CloudRefused('AuthFailure.SignatureExpire', 'the clock of the caller is wrong');
  const names = (signed ?? '').split(';');
  // The vendor's SDK signs the host without its port.
  const signedValue = (name: string) =>
    name === 'host' ? headers.host?.replace(/:[0-9]+$/, '') : headers[name];
  const canonicalHeaders = names.map((name) => `${name}:${signedValue(name) ?? ''}\n`).join('');
  const canonical = [method, '/', '', canonicalHeaders, names.join(';'), sha256(body)].join('\n');
  const text = ['TC3-HMAC-SHA256', stamp, `${day}/${service}/tc3_request`, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(`TC3${keys.secretKey}`, day), service), 'tc3_request');
  const right = hmac(key, text);
  const isToday = day === new Date(stamp * 1000).toISOString().slice(0, 10);
  if (!isToday || !timingSafeEqual(right, Buffer.from(signature, 'hex')))
    throw new CloudRefused('AuthFailure.SignatureFailure', 'the signature is not right');
}

/** An answer: always 200, with the result or the error inside. */
export function answerOf(result: object, requestId: string): OutsideResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', date: new Date().toUTCString() },
    body: Buffer.from(JSON.stringify({ Response: { ...result, RequestId: requestId } })),
  };
}

/** An error's answer. */
export function refusalOf({ code, message }: CloudRefused, requestId: string): OutsideResponse {
  return answerOf({ Error: { Code: code, Message: message } }, requestId);
}
