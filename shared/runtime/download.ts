/** A file as an answer: sent piece by piece, for as long as its caller may have it. */
import * as audit from '../data/operations/audit.ts';
import { codeOf, errors } from '../errors.ts';
import type { Auth, Download } from '../function.ts';
import { SECOND_MS } from '../schemas/base.ts';
import { authenticateAgain } from './authenticate.ts';
import type { Exchange, HttpResponse } from './exchange.ts';
import { describeCaught } from './observe.ts';

/** How long a caller is believed to be who they were: a session may end, and a role be taken, while a file is sent. */
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

/** The pieces, each handed on only to who may have it still. @throws what `authenticate` throws */
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

/** The pieces; what goes wrong with one is logged, because the call's own line has been written by then. */
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
 * The answer. Whoever may no longer have the file (their session ended, their role was taken, they were banned) gets no
 * more of it within five seconds: it breaks off and never looks whole, and the audit log says so of staff.
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
