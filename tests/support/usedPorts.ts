import type { Secret } from '../../shared/adapters/process/variables.ts';
import type { Ports, Rails } from '../../shared/ports/ports.ts';

/** What the methods of a port need when they are called; of a rail, by method. Everything else needs nothing. */
const WHOLE: Partial<Record<keyof Ports, readonly Secret[]>> = {
  database: ['DATABASE_URL'],
  cache: ['CACHE_URL'],
  secrets: ['SECRETS_KEY'],
  attempts: ['SECRETS_KEY'],
  wechat: ['WECHAT_SECRET'],
  safety: ['WECHAT_SECRET'],
  messages: ['WECHAT_SECRET'],
  push: ['PUSH_TOKEN', 'PUSH_AES_KEY'],
};
const SAYS_ONLY: readonly PropertyKey[] = ['abilities'];

function neededOf(rail: keyof Rails, method: PropertyKey): readonly Secret[] {
  if (SAYS_ONLY.includes(method)) return [];
  if (method === 'readNotice') return ['WXPAY_API_V3_KEY'];
  if (method === 'reportDelivery') return ['WECHAT_SECRET'];
  return rail === 'wxpay' ? ['WXPAY_PRIVATE_KEY'] : ['XPAY_APP_KEY', 'WECHAT_SECRET'];
}

/** The same object, which tells before each call of a method what that needs. */
function telling<T extends object>(
  target: T,
  neededFor: (method: PropertyKey) => readonly Secret[],
  use: (needed: readonly Secret[], method: PropertyKey) => void,
): T {
  return new Proxy(target, {
    get: (own, name) => {
      const value: unknown = Reflect.get(own, name);
      if (name === 'goods' && typeof value === 'object' && value !== null)
        return telling(value, neededFor, use);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        use(neededFor(name), name);
        return Reflect.apply(value, own, given);
      };
    },
  });
}

/** The ports, which report each secret that a call of them needs. */
export function usedPorts(ports: Ports, use: (secret: Secret, call: string) => void): Ports {
  const told = (port: string) => (needed: readonly Secret[], method: PropertyKey) => {
    for (const secret of needed) use(secret, `${port}.${String(method)}`);
  };
  const whole = <K extends keyof Ports>(name: K): Ports[K] => {
    const port: unknown = ports[name];
    if (typeof port !== 'object' || port === null) return ports[name];
    return telling(port, () => WHOLE[name] ?? [], told(name)) as Ports[K];
  };
  const rail = <K extends keyof Rails>(name: K): Rails[K] => {
    const own: Rails[K] = ports.rails[name];
    return own === null ? own : telling(own, (method) => neededOf(name, method), told(name));
  };
  return {
    ...ports,
    database: whole('database'),
    cache: whole('cache'),
    secrets: whole('secrets'),
    attempts: whole('attempts'),
    wechat: whole('wechat'),
    safety: whole('safety'),
    messages: whole('messages'),
    push: whole('push'),
    rails: { wxpay: rail('wxpay'), xpay: rail('xpay') },
  };
}
