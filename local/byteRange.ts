/** Parses which bytes of a file a request asks for: the `Range` header of RFC 9110 §14, as far as players use it. */

/** The first and the last byte, both inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The bytes that a `Range` header asks for, of a file with this many bytes (at least 1). `bytes=0-499` are the first
 * 500, `bytes=500-` is the rest from there, and `bytes=-500` are the last 500. An end beyond the file becomes the
 * file's end.
 *
 * Null means the whole file: there is no header, it is not understood, or it names several ranges, which a server may
 * ignore. `unsatisfiable` means that the range begins beyond the end, or asks for no bytes.
 */
export function byteRange(header: string | undefined, bytes: number): ByteRange | 'unsatisfiable' | null {
  const [, from = '', to = ''] = /^bytes=([0-9]*)-([0-9]*)$/i.exec(header ?? '') ?? [];
  if (from === '' && to === '') return null;
  if (from === '') {
    const count = Math.min(Number(to), bytes);
    return count === 0 ? 'unsatisfiable' : { first: bytes - count, last: bytes - 1 };
  }
  const first = Number(from);
  const last = to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  // A range whose end is before its beginning is invalid, so the header is ignored.
  if (to !== '' && Number(to) < first) return null;
  return first >= bytes ? 'unsatisfiable' : { first, last };
}
