import type { AnyFunction } from '../../shared/function.ts';
import type { LateConsumer, LateFunction } from '../../shared/runtime/late.ts';
import { bodyBytesMaxOf } from '../../shared/runtime/parseInput.ts';

type LateOf<F extends AnyFunction> = F extends { kind: 'consumer' | 'outward' } ? LateConsumer : LateFunction;

/** Functions as a unit is given them: routed by what is known without them, and loaded by the first call. */
export function late<F extends AnyFunction>(
  functions: Readonly<Record<string, F>>,
): Record<string, LateOf<F>> {
  const wrapped = Object.entries(functions).map(([name, own]) => {
    const load = async () => own;
    if (own.kind !== 'http' && own.kind !== 'callback') return [name, { kind: own.kind, load }];
    const { route } = own.contract;
    return [name, { kind: own.kind, route, bodyBytesMax: bodyBytesMaxOf(own.contract), load }];
  });
  return Object.fromEntries(wrapped);
}
