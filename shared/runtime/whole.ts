/** Files as whole answers, for a platform that bounds the size of an answer. */
import { AppError, fail } from '../errors.ts';
import { errorResponse } from './errorToResponse.ts';
import type { HttpResponse } from './exchange.ts';

/** The platform passes on an answer of 6 MB. Headers and envelope need some of it. */
const ANSWER_BYTES_MAX = 5_500_000;

/** All pieces; null when they exceed what the platform can answer, because half a file would look complete. */
async function collected(
  chunks: AsyncIterable<string>,
  bytesOf: (chunk: string) => number,
): Promise<string | null> {
  let text = '';
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += bytesOf(chunk);
    if (bytes > ANSWER_BYTES_MAX) return null;
    text += chunk;
  }
  return text;
}

/**
 * The answer in one piece: a file that is too large, or breaks off, becomes an error. `bytesOf` measures a piece as it
 * stands in the platform's answer.
 */
export async function wholeAnswer(
  response: HttpResponse,
  requestId: string,
  bytesOf: (chunk: string) => number,
): Promise<HttpResponse> {
  const { chunks, status, headers } = response;
  if (chunks === undefined) return response;
  try {
    const body = await collected(chunks, bytesOf);
    if (body === null) throw fail('answer.too_large');
    return { status, headers, body };
  } catch (caught) {
    // Nothing has been sent yet, and the reason is already in the log.
    const error = caught instanceof AppError ? caught : fail('internal');
    return errorResponse(error, headers['x-request-id'] ?? requestId, 'http');
  }
}
