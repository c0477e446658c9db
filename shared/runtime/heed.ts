/** Observes the platforms' refusals. Each is logged, whoever asked and however the caller handles it. */
import { refusalOf, type Verdict } from '../errors.ts';
import type { Ports } from '../ports/ports.ts';
import { describeCaught } from './caught.ts';

/** Refusals that we have to fix, or that no rule handles, are logged as errors. */
const LEVELS = {
  ours: 'error',
  refused: 'error',
  absent: 'error',
  done: 'error',
  unknown: 'warn',
  later: 'warn',
} as const satisfies Record<Verdict, 'warn' | 'error'>;

/** Logs a refusal with the platform's own words, and opens a case where staff have to know. Never throws. */
async function heed(ports: Ports, caught: unknown): Promise<void> {
  const { log } = ports;
  const refusal = refusalOf(caught);
  if (refusal === null) return;
  const { platform: platformRefused, ...said } = refusal;
  log.write(LEVELS[refusal.verdict], { platformRefused, ...said });
  if (refusal.verdict === 'later') return;
  try {
    const { recordRefusal } = await import('./recordRefusal.ts');
    await recordRefusal(ports, refusal);
  } catch (second) {
    log.write('error', { platformRefused, unheard: true, ...describeCaught(second) });
  }
}

/** Members of a platform object that are platform objects themselves. */
const NESTED: readonly PropertyKey[] = ['wxpay', 'xpay', 'goods'];

/** The same object, except that `hear` is called first with the error of each failed call. */
function listening<T extends object>(target: T, hear: (caught: unknown) => Promise<void>): T {
  return new Proxy(target, {
    get: (own, name) => {
      const value: unknown = Reflect.get(own, name);
      if (NESTED.includes(name) && typeof value === 'object' && value !== null) return listening(value, hear);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, own, given);
        if (!(result instanceof Promise)) return result;
        return result.catch(async (caught: unknown) => {
          await hear(caught);
          throw caught;
        });
      };
    },
  });
}

/** The ports as functions get them, with platforms whose refusals are observed. */
export function heeding(ports: Ports): Ports {
  const hear = (caught: unknown) => heed(ports, caught);
  return {
    ...ports,
    rails: listening(ports.rails, hear),
    wechat: listening(ports.wechat, hear),
    safety: listening(ports.safety, hear),
    messages: listening(ports.messages, hear),
  };
}
