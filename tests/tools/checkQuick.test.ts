import { nearTests } from '../../tools/checkQuick.ts';

const imports = new Map([
  ['functions/orders/buy.ts', ['shared/flows/orders/place.ts']],
  ['shared/flows/orders/place.ts', ['shared/domain/orders/order.ts']],
  ['shared/flows/orders/close.ts', ['shared/domain/orders/order.ts']],
  ['tests/domain/orders/order.test.ts', ['shared/domain/orders/order.ts']],
  ['tests/functions/orders/buy.test.ts', ['functions/orders/buy.ts', 'tests/support/world.ts']],
  ['tests/simulation/simulation.test.ts', ['functions/orders/buy.ts']],
  ['tests/support/given/order.ts', ['shared/flows/orders/place.ts']],
]);

describe('the tests near a change', () => {
  test('a changed rule runs its own test; a changed step runs the tests of the functions that use it', () => {
    expect(nearTests(['shared/domain/orders/order.ts'], imports)).toEqual([
      'tests/domain/orders/order.test.ts',
    ]);
    expect(nearTests(['shared/flows/orders/place.ts'], imports)).toEqual([
      'tests/functions/orders/buy.test.ts',
    ]);
  });

  test('a changed test runs itself, and suites that take minutes are left to the whole check', () => {
    expect(nearTests(['tests/domain/orders/order.test.ts'], imports)).toEqual([
      'tests/domain/orders/order.test.ts',
    ]);
    expect(nearTests(['functions/orders/buy.ts'], imports)).toEqual(['tests/functions/orders/buy.test.ts']);
  });
});
