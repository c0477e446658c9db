/** Looks whether the shared cache answers, and whether it makes room by itself. */
import type { Clock } from '../../ports/clock.ts';
import { type Both, type Finding, noted } from '../../ports/finding.ts';
import { serverOf } from './address.ts';
import { Link } from './link.ts';

const TIMEOUTS = { connectMs: 2_000, commandMs: 1_000 };
const CONSOLE: Both = {
  zh: 'Redis 控制台 console.cloud.tencent.com/redis › 实例 › 参数设置；CACHE_URL',
  en: 'console.cloud.tencent.com/redis › instance › parameters (参数设置); CACHE_URL',
};

/**
 * What is wrong with a cache. Nothing of it stops: without the cache each process remembers by itself, and what must
 * not be forgotten, such as guesses at passwords, is counted in the database.
 */
export async function probeRedis(url: string, clock: Clock): Promise<readonly Finding[]> {
  let why = '';
  const log = {
    write: (_: string, record: Readonly<Record<string, unknown>>) => {
      why ||= String(record.reason ?? '');
    },
  };
  const link = new Link({ server: serverOf(url), clock, log, timeouts: TIMEOUTS });
  try {
    const answered = await link.ask((redis) => redis.info('memory'));
    if (answered === null) {
      const what: Both = {
        zh: `缓存没有回答（${why}）：各进程只用自己的内存，限流不再共享。`,
        en: `The cache does not answer (${why}): each process has its own memory only, and rate limits are not shared.`,
      };
      return [noted(what, CONSOLE)];
    }
    const told = (field: string) => new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(answered.answer)?.[1] ?? '';
    const policy = told('maxmemory_policy');
    if (policy !== 'noeviction' || told('maxmemory') === '0') return [];
    const what: Both = {
      zh: 'maxmemory-policy 是 noeviction：缓存写满后就不再记任何东西，应为 allkeys-lru。',
      en: 'maxmemory-policy is noeviction: a full cache remembers nothing more. It should be allkeys-lru.',
    };
    return [noted(what, CONSOLE)];
  } finally {
    link.close();
  }
}
