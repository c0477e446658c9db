/** Compression of answers. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { HttpResponse } from './exchange.ts';

/** Below this length an answer fits into one packet anyway. */
const COMPRESS_CHARACTERS_MIN = 1_400;
const BROTLI_QUALITY = 4;

const brotliOf = promisify(brotliCompress);
const gzipOf = promisify(gzip);

const TAKEN = {
  br: /(^|[\s,])br\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i,
  gzip: /(^|[\s,])gzip\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i,
} as const;

/** The supported encodings. */
export type Encoding = keyof typeof TAKEN;

/** Whether the client accepts this encoding. A weight of 0 means no. */
export function takes(accepted: string | undefined, encoding: Encoding): boolean {
  return accepted !== undefined && TAKEN[encoding].test(accepted);
}

/** Compresses a text, off the main thread. */
export function compress(text: string, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'gzip') return gzipOf(text);
  return brotliOf(text, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
}

/** The answer, compressed when it is a long enough text and the client accepts an encoding. */
export async function encode(response: HttpResponse, accepted: string | undefined): Promise<HttpResponse> {
  const { body, headers } = response;
  if (typeof body !== 'string' || body.length < COMPRESS_CHARACTERS_MIN) return response;
  const vary = headers.vary === undefined ? 'accept-encoding' : `${headers.vary}, accept-encoding`;
  const encoding = takes(accepted, 'br') ? 'br' : takes(accepted, 'gzip') ? 'gzip' : null;
  if (encoding === null) return { ...response, headers: { ...headers, vary } };
  const bytes = await compress(body, encoding);
  return { ...response, headers: { ...headers, vary, 'content-encoding': encoding }, body: bytes };
}
