/** The length of a video or an audio file in MP4, read from its own header, so that nobody has to look it up. */

/** Reads bytes of a file, from `from` until `until` (exclusive). */
export type ReadBytes = (from: number, until: number) => Promise<DataView>;

const HEAD = 8;
const LONG_HEAD = 16;
/** Longer paths than this have no file that plays. */
const BOXES_MAX = 200;

interface Span {
  readonly from: number;
  readonly until: number;
}

const nameIn = (view: DataView) => String.fromCharCode(...[4, 5, 6, 7].map((at) => view.getUint8(at)));

/** The inside of the first box of a name within a part of a file; null when there is none. */
async function boxIn(read: ReadBytes, within: Span, name: string): Promise<Span | null> {
  let { from } = within;
  for (let seen = 0; seen < BOXES_MAX && from + HEAD <= within.until; seen++) {
    const head = await read(from, Math.min(from + LONG_HEAD, within.until));
    const short = head.getUint32(0);
    const isLong = short === 1 && head.byteLength >= LONG_HEAD;
    const size = isLong ? Number(head.getBigUint64(HEAD)) : short === 0 ? within.until - from : short;
    const start = from + (isLong ? LONG_HEAD : HEAD);
    if (size < HEAD) return null;
    if (nameIn(head) === name) return { from: start, until: Math.min(from + size, within.until) };
    from += size;
  }
  return null;
}

/** How long an MP4 plays, in whole seconds rounded up; null when the file does not say so. */
export async function mp4Seconds(read: ReadBytes, bytes: number): Promise<number | null> {
  const movie = await boxIn(read, { from: 0, until: bytes }, 'moov');
  const header = movie === null ? null : await boxIn(read, movie, 'mvhd');
  if (header === null || header.until - header.from < 32) return null;
  const view = await read(header.from, header.from + 32);
  const isLong = view.getUint8(0) === 1;
  const scale = view.getUint32(isLong ? 20 : 12);
  const units = isLong ? Number(view.getBigUint64(24)) : view.getUint32(16);
  return scale === 0 ? null : Math.ceil(units / scale);
}
