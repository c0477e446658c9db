import type { AnyFunction } from '../../shared/function.ts';
import type { LateConsumer, LateFunction } from '../../shared/runtime/late.ts';

type LateOf<F extends AnyFunction> = F extends { kind: 'consumer' | 'outward' } ? LateConsumer : LateFunction;

/** Functions as a unit is given them: routed by what is known without them, and loaded by the first call. */
export function late<F extends AnyFunction>(
  functions: Readonly<Record<string, F>>,
): Record<string, LateOf<F>> {
  const wrapped = Object.entries(functions).map(([name, own]) => {
    const route = 'route' in own.contract ? own.contract.route : null;
    return [name, { kind: own.kind, route, load: async () => own }];
  });
  return Object.fromEntries(wrapped);
}
