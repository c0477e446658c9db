import fc from 'fast-check';
import { byteRange } from '../../local/byteRange.ts';
import { seed } from '../support/seeded.ts';

const sizes = fc.integer({ min: 1, max: 10_000 });
const places = fc.integer({ min: 0, max: 20_000 });

test(`a range lies in the file, begins where it was asked to, and ends there or with the file (seed ${seed})`, () => {
  fc.assert(
    fc.property(sizes, places, fc.option(places), (bytes, first, length) => {
      const range = byteRange(`bytes=${first}-${length === null ? '' : first + length}`, bytes);
      if (first >= bytes) return expect(range).toBe('unsatisfiable');
      const last = length === null ? bytes - 1 : Math.min(first + length, bytes - 1);
      expect(range).toEqual({ first, last });
    }),
    { seed },
  );
});

test(`the last so many bytes are no more than there are (seed ${seed})`, () => {
  fc.assert(
    fc.property(sizes, places, (bytes, count) => {
      const range = byteRange(`bytes=-${count}`, bytes);
      if (count === 0) expect(range).toBe('unsatisfiable');
      else expect(range).toEqual({ first: Math.max(0, bytes - count), last: bytes - 1 });
    }),
    { seed },
  );
});

test.each([
  undefined,
  '',
  'bytes=',
  'bytes=-',
  'bytes=9-3',
  'bytes=0-1,4-5',
  'lines=0-1',
  'bytes=a-b',
  'bytes 0-1',
])('%j is no range that is answered: the whole file comes', (header) => {
  expect(byteRange(header, 100)).toBeNull();
});
