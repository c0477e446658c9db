import { madeUpMedia } from '../../local/madeUpMedia.ts';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import { seededFile } from '../../local/seed/seededMedia.ts';
import { fileProblem } from '../../shared/domain/catalogue/upload.ts';
import type { MediaType } from '../../shared/schemas/catalogue/upload.ts';

/** The boxes of an MP4 by name, with the boxes in those that hold others. */
function boxesIn(bytes: Buffer, found = new Map<string, Buffer>()): Map<string, Buffer> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString('latin1', at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + length);
    found.set(name, body);
    if (['moov', 'trak', 'mdia', 'minf', 'stbl'].includes(name)) boxesIn(body, found);
    at += length;
  }
  return found;
}

const SECONDS = [1, 2, 61, 840];
const made = (type: string, seconds: number) => madeUpMedia(type, seconds) ?? Buffer.alloc(0);

test.each<MediaType>(['video/mp4', 'audio/mpeg', 'application/pdf'])(
  'a made-up %s is one by its bytes',
  (contentType) => {
    const bytes = made(contentType, 61);
    const asked = { kind: 'media', contentType } as const;
    expect(
      fileProblem(asked.kind, { bytes: bytes.length, contentType, start: bytes.subarray(0, 32) }),
    ).toBeNull();
  },
);

test.each(SECONDS)('a film of %d s is so long, and every picture is where the file says', (seconds) => {
  const bytes = made('video/mp4', seconds);
  const boxes = boxesIn(bytes);
  const header = boxes.get('mvhd') ?? Buffer.alloc(0);
  expect(header.readUInt32BE(16) / header.readUInt32BE(12)).toBe(seconds);
  const [sizes, places] = [boxes.get('stsz') ?? Buffer.alloc(0), boxes.get('stco') ?? Buffer.alloc(0)];
  expect([sizes.readUInt32BE(8), places.readUInt32BE(4)]).toEqual([seconds, seconds]);
  for (let second = 0; second < seconds; second += 1) {
    const [size, place] = [sizes.readUInt32BE(12 + second * 4), places.readUInt32BE(8 + second * 4)];
    expect(bytes.readUInt32BE(place)).toBe(size - 4);
    expect(bytes[place + 4]).toBe(0x65);
  }
});

test('the file of a seeded lesson is as long as the lesson says', () => {
  const key = `courses/${seedCourseId(1)}/1.mp4`;
  const bytes = Buffer.from(seededFile(key, 'video/mp4') ?? []);
  expect(bytes.equals(made('video/mp4', 60))).toBe(false);
  expect((boxesIn(bytes).get('mvhd') ?? Buffer.alloc(20)).readUInt32BE(16) % 60_000).toBe(0);
  expect(seededFile('media/fil_1.mp4', 'video/mp4')).toBeNull();
});
