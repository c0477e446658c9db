import type { AnyFunction } from '../../shared/function.ts';
import { codesSeen } from './world.ts';

function titleOf(own: AnyFunction): string {
  if (own.kind === 'http' || own.kind === 'callback') return own.contract.route;
  return own.kind === 'timer' ? `timer ${own.contract.cron}` : `${own.kind} of ${own.contract.on.name}`;
}

/**
 * Describes the tests of one function. The last test checks that the others have seen every error that the contract
 * declares.
 */
export function describeFunction(own: AnyFunction, tests: () => void): void {
  describe(titleOf(own), () => {
    tests();
    if (own.kind !== 'http' && own.kind !== 'callback') return;
    test('each declared error has been seen', () => {
      const seen = codesSeen(own);
      expect(own.contract.errors.filter((code) => !seen.has(code))).toEqual([]);
    });
  });
}
