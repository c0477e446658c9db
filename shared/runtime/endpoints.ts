/** The endpoints of functions that are at hand, by route. */
import type { AnyFunction } from '../function.ts';
import { callbackEndpoint } from './callback.ts';
import type { Consumer } from './consumer.ts';
import type { Endpoint } from './exchange.ts';
import { httpEndpoint } from './http.ts';
import { pushEndpoint } from './push.ts';
import { PUSH_ROUTE, type Routed } from './router.ts';

/** What the functions, by name, answer requests with. Timers have no route. Consumers share the broker's. */
export function endpointsOf(functions: Readonly<Record<string, AnyFunction>>): readonly Routed[] {
  const routed: Routed[] = [];
  const add = (route: string, endpoint: Endpoint) => routed.push({ route, endpoint });
  const consumers = new Map<string, Consumer>();
  for (const [name, own] of Object.entries(functions)) {
    if (own.kind === 'http') add(own.contract.route, httpEndpoint(name, own));
    else if (own.kind === 'callback') add(own.contract.route, callbackEndpoint(name, own));
    else if (own.kind !== 'timer') consumers.set(name, own);
  }
  if (consumers.size > 0)
    add(
      PUSH_ROUTE,
      pushEndpoint((name) => consumers.get(name)),
    );
  return routed;
}
