/**
 * Files for the seeded catalogue: real ones of the right length, made when they are asked for, so that lessons play on
 * a laptop without gigabytes of media. A film is one green picture a second, a sound is silence, a report is one page.
 */

/** Bits, written from the highest of each byte. */
class Bits {
  readonly #bytes: number[] = [];
  #free = 0;

  put(value: number, count: number): this {
    for (let at = count - 1; at >= 0; at -= 1) {
      if (this.#free === 0) {
        this.#bytes.push(0);
        this.#free = 8;
      }
      this.#free -= 1;
      const last = this.#bytes.length - 1;
      this.#bytes[last] = (this.#bytes[last] ?? 0) | (((value >> at) & 1) << this.#free);
    }
    return this;
  }

  /** Exp-Golomb codes, as H.264 has them. */
  golomb(...values: readonly number[]): this {
    for (const value of values) {
      const width = Math.floor(Math.log2(value + 1));
      this.put(0, width).put(value + 1, width + 1);
    }
    return this;
  }

  align(): this {
    this.#free = 0;
    return this;
  }

  /** The bytes with the end mark of H.264, and a 3 after each two zeros that something small would follow. */
  unit(head: number): Buffer {
    this.put(1, 1);
    const escaped: number[] = [head];
    let zeros = 0;
    for (const byte of this.#bytes) {
      if (zeros >= 2 && byte <= 3) {
        escaped.push(3);
        zeros = 0;
      }
      escaped.push(byte);
      zeros = byte === 0 ? zeros + 1 : 0;
    }
    return Buffer.from(escaped);
  }
}

const WIDTH = 256;
const HEIGHT = 144;
const BLOCK = 16;
/** The shop's green, as brightness and two colours. */
const GREEN = { y: 81, cb: 127, cr: 85 };

const [across, down] = [WIDTH / BLOCK, HEIGHT / BLOCK];

const sequence = new Bits()
  .put(66, 8)
  .put(0xc0, 8)
  .put(30, 8)
  .golomb(0, 0, 2, 1)
  .put(0, 1)
  .golomb(across - 1, down - 1)
  .put(0b1100, 4)
  .unit(0x67);
const picture = new Bits()
  .golomb(0, 0)
  .put(0, 2)
  .golomb(0, 0, 0)
  .put(0, 3)
  .golomb(0, 0, 0)
  .put(0, 3)
  .unit(0x68);

/** One picture. The first block has its colour written out, and every other one is guessed from its neighbours. */
function frame(number: number): Buffer {
  const bits = new Bits().golomb(0, 7, 0).put(0, 4).golomb(number).put(0, 2).golomb(0);
  bits.golomb(25).align();
  for (const [value, count] of [
    [GREEN.y, 256],
    [GREEN.cb, 64],
    [GREEN.cr, 64],
  ] as const) {
    for (let at = 0; at < count; at += 1) bits.put(value, 8);
  }
  for (let block = 1; block < across * down; block += 1) {
    bits.golomb(3, 0, 0);
    // Nothing is left to correct. The code for that depends on how much the neighbours had.
    if (block === 1 || block === across) bits.put(0b000011, 6);
    else bits.put(1, 1);
  }
  return bits.unit(0x65);
}

const numbers = (...values: readonly number[]) => {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => {
    buffer.writeUInt32BE(value >>> 0, at * 4);
  });
  return buffer;
};
const shorts = (...values: readonly number[]) => {
  const buffer = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => {
    buffer.writeUInt16BE(value, at * 2);
  });
  return buffer;
};
const box = (name: string, ...within: readonly Buffer[]) => {
  const body = Buffer.concat(within);
  return Buffer.concat([numbers(body.length + 8), Buffer.from(name, 'latin1'), body]);
};
const sized = (unit: Buffer) => Buffer.concat([numbers(unit.length), unit]);
const MATRIX = numbers(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const TICKS = 1_000;

/** How the pictures are coded, and where and how long each is. */
function samples(seconds: number, sizes: readonly number[], offsets: readonly number[]): Buffer {
  const coded = Buffer.concat([
    Buffer.from([1, 66, 0xc0, 30, 0xff, 0xe1]),
    ...[shorts(sequence.length), sequence, Buffer.from([1]), shorts(picture.length), picture],
  ]);
  const entry = box(
    'avc1',
    ...[numbers(0), shorts(0, 1), numbers(0, 0, 0, 0), shorts(WIDTH, HEIGHT)],
    ...[numbers(0x480000, 0x480000, 0), shorts(1), Buffer.alloc(32), shorts(24, 0xffff)],
    box('avcC', coded),
  );
  return box(
    'stbl',
    box('stsd', numbers(0, 1), entry),
    box('stts', numbers(0, 1, seconds, TICKS)),
    box('stsc', numbers(0, 1, 1, 1, 1)),
    box('stsz', numbers(0, 0, seconds, ...sizes)),
    box('stco', numbers(0, seconds, ...offsets)),
  );
}

/** A film of so many seconds. Its pictures are two, in turn, and each stands in the file once. */
function film(seconds: number): Buffer {
  const frames = [sized(frame(0)), sized(frame(1))] as const;
  const at = (second: number) => second % 2;
  const sizes = Array.from({ length: seconds }, (_, second) => frames[at(second) as 0 | 1].length);
  const head = box(
    'ftyp',
    Buffer.from('isom', 'latin1'),
    numbers(512),
    Buffer.from('isomiso2avc1mp41', 'latin1'),
  );
  const ticks = seconds * TICKS;
  const withFramesAt = (first: number) => {
    const offsets = sizes.map((_, second) => (at(second) === 0 ? first : first + frames[0].length));
    const handler = Buffer.concat([
      numbers(0, 0),
      Buffer.from('vide', 'latin1'),
      numbers(0, 0, 0),
      Buffer.alloc(1),
    ]);
    const media = box(
      'mdia',
      box('mdhd', numbers(0, 0, 0, TICKS, ticks), shorts(0x55c4, 0)),
      box('hdlr', handler),
      box(
        'minf',
        box('vmhd', numbers(1), shorts(0, 0, 0, 0)),
        box('dinf', box('dref', numbers(0, 1), box('url ', numbers(1)))),
        samples(seconds, sizes, offsets),
      ),
    );
    const place = Buffer.concat([numbers(7, 0, 0, 1, 0, ticks, 0, 0), shorts(0, 0, 0, 0), MATRIX]);
    return box(
      'moov',
      box(
        'mvhd',
        numbers(0, 0, 0, TICKS, ticks, 0x10000),
        shorts(0x100, 0),
        numbers(0, 0),
        MATRIX,
        Buffer.alloc(24),
        numbers(2),
      ),
      box('trak', box('tkhd', place, numbers(WIDTH << 16, HEIGHT << 16)), media),
    );
  };
  const first = head.length + withFramesAt(0).length + 8;
  return Buffer.concat([head, withFramesAt(first), box('mdat', ...frames)]);
}

/** A silent frame of MPEG-2 layer 3: 36 ms of one channel at 16 kHz, 8 kbit a second. */
const SILENCE = Buffer.concat([Buffer.from([0xff, 0xf3, 0x18, 0xc0]), Buffer.alloc(32)]);
const SILENCE_MS = 36;

/** Silence of so many seconds. */
function silence(seconds: number): Buffer {
  const frames = Math.ceil((seconds * 1_000) / SILENCE_MS);
  return Buffer.alloc(frames * SILENCE.length, SILENCE);
}

/** One page of PDF. */
function page(): Buffer {
  const text = 'BT /F1 28 Tf 72 700 Td (Zhike: a sample report) Tj ET';
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const places = objects.map((object, at) => {
    const place = body.length;
    body += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const count = objects.length + 1;
  const table = `xref\n0 ${count}\n0000000000 65535 f \n${places.join('')}`;
  return Buffer.from(
    `${body}${table}trailer << /Size ${count} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`,
  );
}

/** The made-up file of a type and a length in seconds; null for a type that is not made up. */
export function madeUpMedia(contentType: string, seconds: number): Buffer | null {
  if (contentType === 'video/mp4') return film(seconds);
  if (contentType === 'audio/mpeg') return silence(seconds);
  return contentType === 'application/pdf' ? page() : null;
}
