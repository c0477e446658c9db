/** Large files in memory, piece by piece. A bill of a busy day has 100,000 lines. */
import { createHash } from 'node:crypto';
import type { Loop } from '../../ports/loop.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
/** Hashing this much takes about two milliseconds. */
const PIECE_BYTES = 1024 * 1024;

/** The SHA-1 of a file, in hexadecimal. It yields to the event loop whenever that is due. */
export async function sha1Of(file: Uint8Array, loop: Loop): Promise<string> {
  const hash = createHash('sha1');
  for (let at = 0; at < file.length; at += PIECE_BYTES) {
    const turn = loop.giveWay();
    if (turn !== null) await turn;
    hash.update(file.subarray(at, at + PIECE_BYTES));
  }
  return hash.digest('hex');
}

/**
 * The lines of a text file, without their line breaks and without a byte order mark. `begins` says whether a line
 * begins after a line break: every time, when it is left out. It yields to the event loop between them whenever that
 * is due.
 */
export async function* linesIn(
  file: Uint8Array,
  loop: Loop,
  begins: (bytes: Buffer, at: number) => boolean = () => true,
): AsyncGenerator<string> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  let from = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (!begins(bytes, at + 1)) continue;
    const turn = loop.giveWay();
    if (turn !== null) await turn;
    yield bytes.toString('utf8', from, bytes[at - 1] === CARRIAGE_RETURN ? at - 1 : at);
    from = at + 1;
  }
  yield bytes.toString('utf8', from);
}
