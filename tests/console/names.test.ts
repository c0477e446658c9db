import { type NameMap, Names, namesOf } from '../../console/engine/names.ts';

const STAFF = 'usr_01M8MACF36FDYJD0YY9RGF6P50';

/** Names whose reading is answered by hand. */
function heldNames() {
  const answers: ((names: NameMap) => void)[] = [];
  const names = new Names(() => new Promise<NameMap>((resolve) => answers.push(resolve)));
  return { names, answers };
}

describe('names of what is shown', () => {
  test('each kind is read once, and told when it is there', async () => {
    const { names, answers } = heldNames();
    const told = jest.fn();
    names.watch(told);
    const wanted = [names.want('staff'), names.want('staff')];
    expect([names.of('staff', STAFF), answers.length]).toEqual([null, 1]);
    answers[0]?.(new Map([[STAFF, '李']]));
    await Promise.all(wanted);
    expect([names.of('staff', STAFF), names.of('staff', 'usr_x'), told.mock.calls.length]).toEqual([
      ...['李', null, 1],
    ]);
  });

  test('what comes for somebody who has left is not kept', async () => {
    const { names, answers } = heldNames();
    const wanted = names.want('staff');
    names.forget();
    answers[0]?.(new Map([[STAFF, '李']]));
    await wanted;
    expect(names.of('staff', STAFF)).toBeNull();
  });

  test('names that cannot be read leave what they stand for', async () => {
    const names = new Names(() => Promise.reject(new TypeError('fetch failed')));
    await names.want('code');
    expect(names.of('code', 'order.read')).toBeNull();
  });

  test.each([
    ['UserId', 'approvedBy', STAFF, 'staff'],
    ['Category', 'category', 'health', 'category'],
    ['UserId', 'id', STAFF, null],
    ['Category', 'id', 'health', null],
    [null, 'action', 'order.read', 'code'],
    [null, 'title', 'order.read', null],
  ])('%s %s %s', (type, field, value, kind) => {
    expect(namesOf(type, field, value)).toBe(kind);
  });
});
