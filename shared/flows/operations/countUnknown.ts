import type { Ports } from '../../ports/ports.ts';
import { DAY_MS } from '../../schemas/base.ts';

/**
 * Writes down that a platform told us something of a kind that we have no use for: which, and how often in a day. It is
 * answered as taken, because telling again would not make us know it; what the platform has begun to say stands in the
 * log, as a warning that can be counted.
 */
export async function countUnknown(
  { cache, log }: Pick<Ports, 'cache' | 'log'>,
  platform: 'wxpay' | 'wechat',
  event: string,
): Promise<void> {
  const { count } = await cache.count(`unknown-event:${platform}:${event}`, DAY_MS);
  log.write('warn', { unknownEvent: event, platform, count });
}
