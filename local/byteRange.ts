/** Parses the `Range` header of a request for a file: the part of RFC 9110 §14 that media players use. */

/** The first and the last byte, both inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The range that a `Range` header asks for, of a file with `bytes` bytes (at least 1). Examples: `bytes=0-499`;
 * `bytes=500-` for everything from byte 500; `bytes=-500` for the last 500 bytes. A range that ends after the file is
 * cut to the file.
 *
 * Null means the whole file: there is no header, or it cannot be parsed, or it names several ranges. A server may
 * ignore such headers. `unsatisfiable`: the range begins after the end of the file, or has no bytes.
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
  // A range that ends before it begins is invalid, so the header is ignored.
  if (to !== '' && Number(to) < first) return null;
  return first >= bytes ? 'unsatisfiable' : { first, last };
}
