import fc from 'fast-check';
import { bytesOf, type Kept, withKept } from '../../miniprogram/model/cache.ts';
import { changesBetween, isSame } from '../../miniprogram/model/changes.ts';
import type { Failure } from '../../miniprogram/model/failure.ts';
import { failed, kept, reading, ready, unread, withNext } from '../../miniprogram/model/loaded.ts';
import { moreLineOf, stateLineOf } from '../../miniprogram/model/stateLine.ts';
import { seed } from '../support/seeded.ts';

beforeAll(() => fc.configureGlobal({ seed }));

/** What the platform does with a patch. */
function patched(before: object, changes: Readonly<Record<string, unknown>>): object {
  const after: Record<string, unknown> = structuredClone({ ...before });
  for (const [path, value] of Object.entries(changes)) {
    const [, list, index] = /^(\w+)\[(\d+)\]$/.exec(path) ?? [];
    if (list === undefined) after[path] = value;
    else (after[list] as unknown[])[Number(index)] = value;
  }
  return after;
}

const card = fc.record({ id: fc.integer({ min: 0, max: 9 }), tags: fc.array(fc.constantFrom('a', 'b')) });
const view = fc.record({
  title: fc.string(),
  line: fc.option(fc.record({ kind: fc.constantFrom('a', 'b') })),
  cards: fc.array(card, { maxLength: 6 }),
});

describe(`what is sent to the screen (seed ${seed})`, () => {
  test('makes the next view of the one before', () => {
    fc.assert(
      fc.property(view, view, (before, after) => {
        expect(patched(before, changesBetween(before, after))).toEqual(after);
      }),
    );
  });

  test('is nothing when nothing changed', () => {
    fc.assert(
      fc.property(view, (own) => {
        expect(changesBetween(own, structuredClone(own))).toEqual({});
      }),
    );
  });

  test('trap 11: of a list that grew it is the tail', () => {
    fc.assert(
      fc.property(fc.array(card, { minLength: 1 }), fc.array(card, { minLength: 1 }), (old, more) => {
        const changes = changesBetween({ cards: old }, { cards: [...structuredClone(old), ...more] });
        expect(Object.keys(changes)).toEqual(more.map((_, index) => `cards[${old.length + index}]`));
      }),
    );
  });

  test('of a list in which one thing changed it is that thing', () => {
    const cards = [1, 2, 3].map((id) => ({ id }));
    expect(changesBetween({ cards }, { cards: [{ id: 1 }, { id: 9 }, { id: 3 }] })).toEqual({
      'cards[1]': { id: 9 },
    });
    expect(changesBetween({ cards }, { cards: [{ id: 1 }] })).toEqual({ cards: [{ id: 1 }] });
  });

  test('values of JSON are the same exactly when their texts are', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(isSame(a, structuredClone(a))).toBe(true);
        if (JSON.stringify(a) === JSON.stringify(b)) expect(isSame(a, b)).toBe(true);
        else if (!Array.isArray(a) && typeof a !== 'object')
          expect(isSame(a, b)).toBe(Object.is(a, b) || a === b);
      }),
    );
  });
});

describe(`what is kept on the phone (seed ${seed})`, () => {
  const entry = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    size: fc.integer({ min: 1, max: 60 }),
    atMs: fc.integer({ min: 0, max: 1_000 }),
  });

  test('never takes more room than there is, and loses the oldest', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (added) => {
        let index: readonly Kept[] = [];
        for (const one of added) {
          const before = index;
          const found = withKept(index, one, 100);
          index = found.index;
          expect(index.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(100);
          expect(new Set(index.map(({ key }) => key)).size).toBe(index.length);
          const known = new Set([...before.map(({ key }) => key), one.key]);
          expect(new Set([...index.map(({ key }) => key), ...found.dropped])).toEqual(known);
        }
      }),
    );
  });

  test('the newest stays, unless it is too large alone', () => {
    const old = [{ key: 'old', size: 90, atMs: 1 }];
    expect(withKept(old, { key: 'new', size: 90, atMs: 2 }, 100)).toEqual({
      index: [{ key: 'new', size: 90, atMs: 2 }],
      dropped: ['old'],
    });
    expect(withKept(old, { key: 'new', size: 101, atMs: 2 }, 100).dropped).toContain('new');
  });

  test('sizes are bytes of UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(bytesOf(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });
});

const lost: Failure = { kind: 'offline', code: 'lost', message: '网络不通。', requestId: null };

describe(`what is loaded (seed ${seed})`, () => {
  test('keeps what was known while it is read again and when that fails', () => {
    const known = ready([1]);
    expect(reading(known)).toEqual({ value: [1], isLoading: true, failure: null });
    expect(failed(known, lost)).toEqual({ value: [1], isLoading: false, failure: lost });
    expect(kept([1])).toEqual(reading(known));
  });

  test('a list with its next page has everything once', () => {
    const id = fc.record({ id: fc.constantFrom(...'abcdefgh') });
    fc.assert(
      fc.property(fc.uniqueArray(id, { selector: (one) => one.id }), fc.array(id), (items, more) => {
        const next = { items: [...new Map(more.map((one) => [one.id, one])).values()], nextCursor: 'c' };
        const found = withNext({ items, nextCursor: 'b' }, next);
        expect(found.items.slice(0, items.length)).toEqual(items);
        expect(new Set(found.items.map((one) => one.id)).size).toBe(found.items.length);
        expect(found.nextCursor).toBe('c');
      }),
    );
  });
});

describe('what stands in place of a thing', () => {
  const empty = { title: '没有', action: '去看看' };
  const isEmpty = (items: readonly number[]) => items.length === 0;

  test('is a skeleton, a failure with its way on, an empty place, or nothing', () => {
    expect(stateLineOf(unread)).toMatchObject({ kind: 'loading' });
    expect(stateLineOf(ready([]), empty, isEmpty)).toMatchObject({ kind: 'empty', action: '去看看' });
    expect(stateLineOf(ready([1]), empty, isEmpty)).toBeNull();
    expect(stateLineOf(failed(unread, lost))).toMatchObject({ kind: 'offline', action: '重试' });
  });

  test('a failure says its sentence and its request id, and offers what may help', () => {
    const refused = {
      kind: 'refused',
      code: 'order.not_found',
      message: '找不到这个订单。',
      requestId: 'r1',
    } as const;
    expect(stateLineOf(failed(unread, refused))).toEqual({
      kind: 'refused',
      title: '找不到这个订单。',
      note: '请求编号 r1',
      action: '',
    });
    expect(stateLineOf(failed(unread, { ...refused, kind: 'later' }))?.action).toBe('重试');
    expect(stateLineOf(failed(unread, { ...refused, kind: 'login' }))?.action).toBe('去登录');
  });

  test('what is known is shown, although it could not be read again', () => {
    expect(stateLineOf(failed(ready([1]), lost), empty, isEmpty)).toBeNull();
  });

  test('below a list stands what becomes of its next page', () => {
    expect(moreLineOf(unread, true, 20)).toBeNull();
    expect(moreLineOf(reading(unread), true, 20)?.kind).toBe('loading');
    expect(moreLineOf(failed(unread, lost), true, 20)?.action).toBe('重试');
    expect(moreLineOf(unread, false, 20)?.title).toBe('没有更多了');
    expect(moreLineOf(unread, false, 0)).toBeNull();
  });
});
