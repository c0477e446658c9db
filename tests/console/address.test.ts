import fc from 'fast-check';
import {
  cursorsOf,
  filterText,
  filterValue,
  hrefOf,
  matched,
  pages,
  placeOf,
  safeReturn,
} from '../../console/engine/address.ts';
import { callOf } from '../../console/engine/asked.ts';
import { byHour } from '../../console/engine/figures.ts';
import { shanghaiDay } from '../../console/engine/shanghai.ts';
import type { List } from '../../console/engine/view.ts';
import { views } from '../../console/views.ts';

const listAt = (path: string): List => {
  const found = views.find((view) => view.path === path);
  if (found?.kind !== 'list') throw new Error(`no list at ${path}`);
  return found;
};

const words = fc.string({ unit: fc.constantFrom(...'ab甲 &=?#/%+.'), minLength: 1, maxLength: 8 });

describe('addresses', () => {
  test('a place is read back from its address', () => {
    const query = fc.dictionary(fc.constantFrom('state', 'q', 'by', 'pages'), words);
    fc.assert(
      fc.property(query, (asked) => {
        const { pathname, search } = new URL(hrefOf('/orders', asked), 'https://console.example');
        expect(placeOf(pathname, search)).toEqual({ path: '/orders', query: { ...asked } });
      }),
    );
    expect([placeOf('/console', '').path, placeOf('/console/', '').path]).toEqual(['/', '/']);
  });

  test('pages go on and back, and a new filter begins at the first', () => {
    const cursor = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
    fc.assert(
      fc.property(fc.array(cursor, { minLength: 1, maxLength: 5 }), (cursors) => {
        const last = cursors.reduce((query, one) => pages.next(query, one), { state: 'paid', pages: '' });
        expect(cursorsOf(last)).toEqual(cursors);
        expect(cursorsOf(pages.back(last))).toEqual(cursors.slice(0, -1));
        expect(pages.first(last)).toEqual({ state: 'paid', pages: '' });
      }),
    );
  });

  test('a login leads back into the console and nowhere else', () => {
    expect(safeReturn('/orders/1?state=paid')).toBe('/orders/1?state=paid');
    const strange = [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      '/login',
      'x',
      '',
      undefined,
    ];
    expect(strange.map(safeReturn)).toEqual(strange.map(() => '/'));
  });

  test('a path has its parameters', () => {
    expect(matched('/orders/:key', '/orders/ord_1')).toEqual({ key: 'ord_1' });
    expect([matched('/orders/:key', '/orders'), matched('/orders/:key', '/users/1')]).toEqual([null, null]);
  });
});

describe('what a list asks for', () => {
  test('a filter that is a must has its first value', () => {
    expect(callOf(listAt('/tasks'), {}, '')).toEqual({
      name: 'listTasks',
      input: { state: 'pending', limit: 20 },
    });
    expect(callOf(listAt('/users'), {}, '')).toBeNull();
  });

  test('filters and the page stand in the address', () => {
    const query = { state: 'paid', pages: 'c1.c2' };
    expect(callOf(listAt('/orders'), query, '')?.input).toEqual({ state: 'paid', limit: 20, cursor: 'c2' });
  });

  test('words that are searched go to the search', () => {
    const call = callOf(listAt('/orders'), { q: ' 小明 ', by: 'buyer', state: 'paid' }, '');
    expect(call).toEqual({ name: 'searchOrders', input: { by: { buyer: '小明' }, limit: 20 } });
    const found = callOf(listAt('/payments'), { q: '4200' }, '');
    expect(found).toEqual({ name: 'findPayment', input: { transactionId: '4200' } });
  });

  test('a list about one thing asks for it', () => {
    const call = callOf(listAt('/code-batches/:key'), {}, 'bat_1');
    expect(call).toEqual({ name: 'listRedeemCodes', input: { batchId: 'bat_1', limit: 20 } });
  });
});

/** trap 30: days of UTC in filters and charts. */
describe('trap 30: days are those of Shanghai, half open', () => {
  const from = { name: 'fromAtMs', type: 'QueryTimeMs?' };
  const until = { name: 'untilAtMs', type: 'QueryTimeMs?' };

  test('a day begins at four in the afternoon of UTC, and its last moment is in it', () => {
    expect(filterValue(from, '2026-11-30')).toBe(Date.UTC(2026, 10, 29, 16));
    expect(filterValue(until, '2026-11-30')).toBe(Date.UTC(2026, 10, 30, 16));
    expect([filterValue(from, ''), filterValue(from, 'x')]).toEqual([undefined, undefined]);
  });

  test('each moment of a day is within the filter of that day, and no other', () => {
    const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) });
    fc.assert(
      fc.property(moment, (ms) => {
        const day = shanghaiDay(ms);
        const [start, end] = [filterValue(from, day), filterValue(until, day)] as [number, number];
        expect(start <= ms && ms < end).toBe(true);
        expect([filterText(from, start), filterText(until, end)]).toEqual([day, day]);
      }),
    );
  });

  test('an hour of a chart holds its first moment and not its last', () => {
    const start = Date.UTC(2026, 10, 29, 16);
    const at = [start - 1, start, start + 3_599_999, start + 3_600_000, start + 86_400_000];
    const points = byHour(at, start, 1, (atMs) => ({ atMs, series: 0, value: 1 }));
    expect(points.map(({ values }) => values[0])).toEqual([2, 1, ...Array(22).fill(0)]);
    expect([points[0]?.label, points[23]?.label]).toEqual(['00:00', '23:00']);
  });
});
