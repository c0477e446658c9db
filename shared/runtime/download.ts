/** A file as an answer, sent piece by piece while its caller may have it. */
import * as audit from '../data/operations/audit.ts';
import { codeOf, errors } from '../errors.ts';
import type { Auth, Download } from '../function.ts';
import { SECOND_MS } from '../schemas/base.ts';
import { authenticateAgain } from './authenticate.ts';
import { describeCaught } from './caught.ts';
import type { Exchange, HttpResponse } from './exchange.ts';

/**
 * How long an authentication is trusted while a file is sent. A session may end, or a role be taken away, meanwhile.
 */
const BELIEVED_MS = 5 * SECOND_MS;

/** Writes into the audit log that a member of staff did not get the whole file, and why. */
async function writeDown(exchange: Exchange, caught: unknown): Promise<void> {
  const { caller, ports, requestId, name } = exchange;
  const code = codeOf(caught);
  if (caller === null || code === null || ![401, 403].includes(errors[code].status)) return;
  const entry = {
    ...{ id: ports.ids.make('aud'), actorId: caller.id, action: 'download.cut_off', target: name },
    ...{ reason: null, before: null, after: { code }, now: ports.clock.now(), requestId },
  };
  await ports.database.tx((tx) => audit.append(tx, entry));
}

/** The pieces, each sent only while the caller may have the file. @throws what `authenticate` throws */
async function* whileAllowed({ chunks }: Download, exchange: Exchange, auth: Auth): AsyncGenerator<string> {
  const { clock } = exchange.ports;
  let seenAtMs = clock.now();
  for await (const chunk of chunks) {
    if (auth !== 'public' && exchange.caller !== null && clock.now() - seenAtMs >= BELIEVED_MS) {
      await authenticateAgain(exchange, auth);
      seenAtMs = clock.now();
    }
    yield chunk;
  }
}

/** The pieces. An error is logged here, because the call's own log line has been written already. */
async function* watched(file: Download, exchange: Exchange, auth: Auth): AsyncGenerator<string> {
  try {
    yield* whileAllowed(file, exchange, auth);
  } catch (caught) {
    const { ports, requestId, name } = exchange;
    ports.log.write('error', { requestId, function: name, cutOff: true, ...describeCaught(caught) });
    if (typeof auth === 'object') await writeDown(exchange, caught);
    throw caught;
  }
}

/**
 * The answer with the file. A caller who may no longer have it (session ended, role taken, banned) is cut off within
 * five seconds. The connection breaks off, so the file never looks complete. For staff the audit log records it.
 */
export function respondWithFile(
  contract: { readonly auth: Auth; readonly contentType?: string },
  exchange: Exchange,
  file: Download,
): HttpResponse {
  return {
    status: 200,
    headers: {
      'content-type': contract.contentType ?? 'application/octet-stream',
      'content-disposition': `attachment; filename="${file.fileName}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': exchange.requestId,
    },
    body: '',
    chunks: watched(file, exchange, contract.auth),
  };
}
