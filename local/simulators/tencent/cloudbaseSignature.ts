/**
 * The check of TC3-HMAC-SHA256 signatures, for the two forms that CloudBase takes: that of the cloud's API
 * (https://cloud.tencent.com/document/api/876/34818) over the whole body, and that of CloudBase's data, over the
 * parameters that the header names (`SignedParams`), by their names in lower case.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { SimulatedRequest } from '../exchange.ts';

/** How long a signature is valid. */
const VALID_S = 600;
const ALGORITHM = 'TC3-HMAC-SHA256';

/** A key pair, and the token that belongs to a temporary one. */
export interface KeyPair {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token: string | null;
}

interface Parts {
  readonly secretId: string;
  readonly scope: string;
  readonly signedParams: readonly string[] | null;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function partsOf(authorization: string): Parts | null {
  const shape =
    /^TC3-HMAC-SHA256 Credential=([^/]+)\/([0-9-]{10}\/tcb\/tc3_request),(?: SignedParams=([^,]*),)? SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
  const [, secretId = '', scope = '', params, headers = '', signature = ''] = shape.exec(authorization) ?? [];
  if (secretId === '') return null;
  const signedParams = params === undefined ? null : params.split(';');
  return { secretId, scope, signedParams, signedHeaders: headers.split(';'), signature };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** The hash of the parameters that are signed; null when one of them is not there. */
function payloadHash(body: string, signedParams: readonly string[] | null): string | null {
  if (signedParams === null) return sha256(body);
  const params = new Map(
    Object.entries(JSON.parse(body) as Record<string, unknown>).map(([name, value]) => [
      name.toLowerCase(),
      (typeof value === 'string' ? value : JSON.stringify(value)).trim(),
    ]),
  );
  const lines = signedParams.map((name) => (params.has(name) ? `&${name}=${params.get(name)}\r\n` : null));
  return lines.includes(null) ? null : sha256(lines.join(''));
}

/** The value of a signed header. The cloud's API is signed without the port. */
function signedValue(name: string, value = '', isData: boolean): string {
  const text = value.trim().toLowerCase();
  return name === 'host' && !isData ? text.replace(/:\d+$/, '') : text;
}

/** The keys of days. */
const dayKeys = new Map<string, Buffer>();

function dayKey(secretKey: string, date: string): Buffer {
  const name = `${date} ${secretKey}`;
  const made = dayKeys.get(name) ?? hmac(hmac(hmac(`TC3${secretKey}`, date), 'tcb'), 'tc3_request');
  dayKeys.set(name, made);
  return made;
}

/** Why the signature is not good, or null. `host` is where the request was sent to. */
export function wrongSignature(
  { method, path, headers, body }: SimulatedRequest,
  keys: KeyPair,
  { nowS, timestamp }: { readonly nowS: number; readonly timestamp: number },
): string | null {
  const parts = partsOf(headers.authorization ?? '');
  if (parts === null) return 'there is no signature';
  if (parts.secretId !== keys.secretId) return 'the secret id is not known';
  if (Math.abs(nowS - timestamp) > VALID_S) return 'the signature has expired';
  const [pathname = '', query = ''] = path.split('?');
  const isData = parts.signedParams !== null;
  if (isData && !parts.signedHeaders.includes('host')) return 'the host is not signed';
  const hash = payloadHash(Buffer.from(body).toString(), parts.signedParams);
  if (hash === null) return 'a signed parameter is missing';
  const canonical = [
    isData ? method.toLowerCase() : method,
    isData ? `//${headers.host}${pathname}` : pathname,
    query,
    ...parts.signedHeaders.map((name) => `${name}:${signedValue(name, headers[name], isData)}`),
    '',
    parts.signedHeaders.join(';'),
    hash,
  ].join('\n');
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  if (!parts.scope.startsWith(date)) return 'the date is another one';
  const text = [ALGORITHM, timestamp, parts.scope, sha256(canonical)].join('\n');
  const wanted = hmac(dayKey(keys.secretKey, date), text);
  return timingSafeEqual(wanted, Buffer.from(parts.signature, 'hex')) ? null : 'the signature is wrong';
}
