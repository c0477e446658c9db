/** Rate limits: general ones, counted approximately in the cache, and exact ones where an account is guarded. */
import { isIPv6 } from 'node:net';
import { fail } from '../errors.ts';
import type { Cost, HttpFunction, Limit } from '../function.ts';
import type { Ports } from '../ports/ports.ts';
import { MINUTE_MS, SECOND_MS } from '../schemas/base.ts';
import type { ExchangeRequest, Step } from './exchange.ts';

/** The limit for a logged-in user: ten calls a second for a whole minute, more than anybody does by hand. */
export const USER_LIMIT: Limit = { max: 600, windowMs: MINUTE_MS };

/** The limit for an address when nobody is logged in. A school or an office may share one address. */
export const ADDRESS_LIMIT: Limit = { max: 1200, windowMs: MINUTE_MS };

/** How often one caller may spend a scarce resource, over all functions that spend it. */
interface CostLimits {
  /** By user, when somebody is logged in. */
  readonly user: Limit;
  /** By address, when nobody is logged in; for exact limits also when somebody is. */
  readonly address: Limit;
}

const QUARTER_MS = 15 * MINUTE_MS;

/**
 * Above what people do by hand. A classroom may share an address, and everybody in it opens the shop when a lesson
 * begins.
 */
const COST_LIMITS: Readonly<Record<Cost, CostLimits>> = {
  password: {
    user: { max: 20, windowMs: QUARTER_MS, isExact: true },
    address: { max: 100, windowMs: QUARTER_MS, isExact: true },
  },
  platform: { user: { max: 60, windowMs: MINUTE_MS }, address: { max: 600, windowMs: MINUTE_MS } },
  signature: { user: { max: 240, windowMs: MINUTE_MS }, address: { max: 600, windowMs: MINUTE_MS } },
  search: { user: { max: 240, windowMs: MINUTE_MS }, address: { max: 600, windowMs: MINUTE_MS } },
  export: { user: { max: 10, windowMs: MINUTE_MS }, address: { max: 10, windowMs: MINUTE_MS } },
};

/**
 * What counts as one address: an IPv4 address, or the /64 network of an IPv6 address, because one connection owns
 * all of it.
 */
export function addressGroup(address: string): string {
  // Most addresses have no colon, and are told from IPv6 ones without the long pattern of `isIPv6`.
  if (!address.includes(':') || !isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('::');
  const first = head.split(':').filter((group) => group !== '');
  const last = tail.split(':').filter((group) => group !== '');
  const zeros = address.includes('::') ? Math.max(0, 8 - first.length - last.length) : 0;
  return [...first, ...Array<string>(zeros).fill('0'), ...last]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

/** Counts one call. @throws request.too_many, with `params.retryAfterSeconds` */
export async function count(ports: Ports, who: string, limit: Limit): Promise<void> {
  const { max, windowMs, isExact } = limit;
  if (isExact === true) return ports.attempts.count(`limit:${who}`, limit);
  const counted = await ports.cache.count(`limit:${who}`, windowMs);
  if (counted.count <= max) return;
  const waitMs = counted.endsAtMs - ports.clock.now();
  throw fail('request.too_many', {
    params: { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / SECOND_MS)) },
    detail: who,
  });
}

/** Counts an unauthenticated call of an address. @throws request.too_many */
export function countAddress(ports: Ports, address: string): Promise<void> {
  return count(ports, `address:${addressGroup(address)}`, ADDRESS_LIMIT);
}

/** The step that counts the call by user, or by address when nobody is logged in. */
export const limit: Step = {
  before: async ({ event: { ports, caller, request } }: ExchangeRequest) => {
    if (caller === null) await countAddress(ports, request.address);
    else await count(ports, `user:${caller.id}`, USER_LIMIT);
  },
};

/**
 * The step that counts a well-formed call by its contract's own limit, and by the scarce resource that it spends,
 * over all functions that spend it.
 * @throws request.too_many
 */
export function spend(
  name: string,
  { limit: own, cost }: Pick<HttpFunction['contract'], 'limit' | 'cost'>,
): Step {
  return {
    before: async ({ event: { ports, caller, request } }: ExchangeRequest) => {
      const address = `address:${addressGroup(request.address)}`;
      const who = caller === null ? address : `user:${caller.id}`;
      if (own !== undefined) await count(ports, `${name}:${who}`, own);
      if (cost === undefined) return;
      const limits = COST_LIMITS[cost];
      if (caller !== null) await count(ports, `${cost}:${who}`, limits.user);
      if (caller === null || limits.address.isExact) await count(ports, `${cost}:${address}`, limits.address);
    },
  };
}
