/** Which bytes of a file a request asks for: the `Range` of RFC 9110 §14, as far as players use it. */

/** The first and the last byte, both inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The bytes of a file of so many (at least 1) that a `Range` header asks for: `bytes=0-499`, `bytes=500-` to the end, and
 * `bytes=-500` for the last 500. An end behind the file is the file's.
 *
 * Null is the whole file: there is no header, or it is not understood, or it names several ranges, which a server may
 * ignore. `unsatisfiable`: it begins behind the end, or asks for none.
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
  // A range that ends before it begins is no range.
  if (to !== '' && Number(to) < first) return null;
  return first >= bytes ? 'unsatisfiable' : { first, last };
}
