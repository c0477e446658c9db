import fc from 'fast-check';
import { mp4Seconds } from '../../console/screens/mediaLength.ts';
import { acceptOf, askedFor, sizeWords } from '../../console/screens/uploads.ts';
import { typeOfKey, uploadKey } from '../../shared/domain/catalogue/upload.ts';
import { CoverType, MediaType, UploadAsked } from '../../shared/schemas/catalogue/upload.ts';

function box(name: string, inside: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + inside.byteLength);
  head.write(name, 4);
  return Buffer.concat([head, inside]);
}

/** The header of a movie in the short form, or in the long one that very long movies have. */
function movieHeader(scale: number, units: number, isLong: boolean): Uint8Array {
  const inside = Buffer.alloc(100);
  if (isLong) {
    inside.writeUInt8(1, 0);
    inside.writeUInt32BE(scale, 20);
    inside.writeBigUInt64BE(BigInt(units), 24);
  } else {
    inside.writeUInt32BE(scale, 12);
    inside.writeUInt32BE(units, 16);
  }
  return box('mvhd', inside);
}

const secondsIn = (file: Uint8Array) =>
  mp4Seconds(async (from, until) => {
    const part = Uint8Array.prototype.slice.call(file, from, until);
    return new DataView(part.buffer, part.byteOffset, part.byteLength);
  }, file.byteLength);

describe('files to upload', () => {
  it('are asked for as the schema takes them, each type by its endings', () => {
    for (const [kind, types] of [
      ['cover', CoverType.options],
      ['media', MediaType.options],
    ] as const) {
      const asked = acceptOf(kind)
        .split(',')
        .map((ending) => askedFor(kind, { name: `A.b${ending.toUpperCase()}`, size: 1 }));
      const uploads = asked.map((one) => UploadAsked.parse('upload' in one ? one.upload : null));
      expect(new Set(uploads.map(({ contentType }) => contentType))).toEqual(new Set(types));
      for (const upload of uploads) expect(typeOfKey(uploadKey(upload, 'fil_1'))).toBe(upload.contentType);
    }
  });

  it('are refused when they are of another type, empty, or too large', () => {
    const sizes = [5 * 1024 * 1024, 5 * 1024 * 1024 + 1, 0];
    expect(sizes.map((size) => 'upload' in askedFor('cover', { name: 'a.png', size }))).toEqual([
      ...[true, false, false],
    ]);
    expect(askedFor('cover', { name: 'a.mp4', size: 1 })).toHaveProperty('says');
    expect(askedFor('media', { name: 'mp4.txt', size: 1 })).toHaveProperty('says');
    expect([900, 1500, 2_000_000, 5_000_000_000].map(sizeWords)).toEqual([
      ...['900 B', '1.5 KB', '2.0 MB', '5.0 GB'],
    ]);
  });

  it('say how long they play, wherever the header stands', async () => {
    const parts = fc.record({
      scale: fc.integer({ min: 1, max: 90_000 }),
      seconds: fc.integer({ min: 1, max: 20_000 }),
      isLong: fc.boolean(),
      before: fc.nat(50),
      isFirst: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(parts, async ({ scale, seconds, isLong, before, isFirst }) => {
        const movie = box(
          'moov',
          Buffer.concat([box('free', Buffer.alloc(3)), movieHeader(scale, scale * seconds, isLong)]),
        );
        const media = box('mdat', Buffer.alloc(before));
        const rest = isFirst ? [movie, media] : [media, movie];
        expect(await secondsIn(Buffer.concat([box('ftyp', Buffer.alloc(8)), ...rest]))).toBe(seconds);
      }),
    );
  });

  it('say nothing when they are no MP4', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const seconds = await secondsIn(bytes);
        expect(seconds === null || seconds >= 0).toBe(true);
      }),
    );
    expect(await secondsIn(box('moov', box('trak', Buffer.alloc(40))))).toBeNull();
  });
});
