import fc from 'fast-check';
import { beginningOf, fileProblem, typeOfKey, uploadKey } from '../../../shared/domain/catalogue/upload.ts';
import { MediaKey } from '../../../shared/schemas/catalogue/product.ts';
import {
  COVER_BYTES_MAX,
  CoverType,
  MEDIA_BYTES_MAX,
  MediaType,
} from '../../../shared/schemas/catalogue/upload.ts';
import { seed } from '../../support/seeded.ts';

const all = [
  ...CoverType.options.map((contentType) => ['cover', contentType] as const),
  ...MediaType.options.map((contentType) => ['media', contentType] as const),
];

describe.each(all)('a file: %s of %s', (kind, contentType) => {
  const file = { bytes: 100, contentType, start: beginningOf(contentType) };
  const other = kind === 'cover' ? 'media' : 'cover';

  test('is what its key and its beginning say, and nothing of the other kind', () => {
    const key = uploadKey({ kind, contentType }, 'fil_01JD0000000000000000000001');
    expect(MediaKey.parse(key)).toBe(key);
    expect(typeOfKey(key)).toBe(contentType);
    expect(fileProblem(kind, file)).toBeNull();
    expect(
      fileProblem(kind, { ...file, contentType: `${contentType.toUpperCase()}; charset=binary` }),
    ).toBeNull();
    expect(fileProblem(other, file)).toBe('file_type');
  });

  test('that does not begin as its type does, or is of no type we take, is refused', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^<(html|script|svg)[ -~]{0,20}$/), (text) => {
        expect(fileProblem(kind, { ...file, start: Buffer.from(text) })).toBe('file_type');
      }),
      { seed },
    );
    expect(fileProblem(kind, { ...file, start: new Uint8Array() })).toBe('file_type');
    for (const wrong of ['', 'text/html', 'image/svg+xml', `${contentType}x`]) {
      expect(fileProblem(kind, { ...file, contentType: wrong })).toBe('file_type');
    }
  });

  test('that is not there, or too large, is refused', () => {
    expect(fileProblem(kind, null)).toBe('file_missing');
    const bytes = kind === 'cover' ? COVER_BYTES_MAX : MEDIA_BYTES_MAX;
    expect(fileProblem(kind, { ...file, bytes })).toBeNull();
    expect(fileProblem(kind, { ...file, bytes: bytes + 1 })).toBe('file_size');
  });
});
