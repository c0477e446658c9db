/** Functions that are loaded by their first call, so that a cold start reads the code of one function, not of all. */
import type { AnyFunction, Route } from '../function.ts';
import type { Endpoint } from './exchange.ts';
import { PUSH_BODY_BYTES_MAX, PUSH_ROUTE, type Routed, throwing } from './router.ts';

/** What a function with a route is found by, and how much of a body is read for it. */
interface Routing {
  readonly route: Route;
  readonly bodyBytesMax: number;
}

type LateOf<F extends AnyFunction> = F extends AnyFunction
  ? {
      readonly kind: F['kind'];
      /** Loads the function's module, the first time. */
      readonly load: () => Promise<F>;
    } & (F extends { readonly contract: { readonly route: Route } } ? Routing : unknown)
  : never;

/** What a unit knows of a function before its first call: enough to route. */
export type LateFunction = LateOf<AnyFunction>;

/** A function that runs for an event, and is not loaded yet. */
export type LateConsumer = Extract<LateFunction, { kind: 'consumer' | 'outward' }>;

/**
 * An endpoint that is made by its first call. When it cannot be made, that call is answered `internal`, its log line
 * tells why, and the next call tries again.
 */
function lateEndpoint(
  { name, kind, bodyBytesMax }: Omit<Endpoint, 'handle'>,
  make: () => Promise<Endpoint>,
): Endpoint {
  let made: Endpoint | null = null;
  const endpoint = async () => {
    made ??= await make();
    return made;
  };
  return {
    name,
    kind,
    bodyBytesMax,
    handle: async (exchange) => {
      const { handle } = await endpoint().catch((caught: unknown) => throwing(name, kind, caught));
      await handle(exchange);
    },
  };
}

/** What the functions, by name, answer requests with. The module of a kind's chain is loaded with the first of it. */
export function lateEndpointsOf(functions: Readonly<Record<string, LateFunction>>): readonly Routed[] {
  const routed: Routed[] = [];
  const consumers = new Map<string, LateConsumer>();
  for (const [name, own] of Object.entries(functions)) {
    if (own.kind === 'http') {
      const make = async () => (await import('./http.ts')).httpEndpoint(name, await own.load());
      routed.push({ route: own.route, endpoint: lateEndpoint({ name, ...own }, make) });
    } else if (own.kind === 'callback') {
      const make = async () => (await import('./callback.ts')).callbackEndpoint(name, await own.load());
      routed.push({ route: own.route, endpoint: lateEndpoint({ name, ...own }, make) });
    } else if (own.kind !== 'timer') consumers.set(name, own);
  }
  if (consumers.size > 0) {
    const make = async () => (await import('./push.ts')).pushEndpoint((name) => consumers.get(name)?.load());
    const push = { name: 'push', kind: 'push', bodyBytesMax: PUSH_BODY_BYTES_MAX } as const;
    routed.push({ route: PUSH_ROUTE, endpoint: lateEndpoint(push, make) });
  }
  return routed;
}
