import type { Ports } from '../../ports/ports.ts';
import { DAY_MS } from '../../schemas/base.ts';

/**
 * Logs that a platform sent an event of a kind that we do not use, with the number of such events in a day. The
 * event is answered as received, because sending it again would not help. The warning in the log shows that the
 * platform has begun to send something new.
 */
export async function countUnknown(
  { cache, log }: Pick<Ports, 'cache' | 'log'>,
  platform: 'wxpay' | 'wechat',
  event: string,
): Promise<void> {
  const { count } = await cache.count(`unknown-event:${platform}:${event}`, DAY_MS);
  log.write('warn', { unknownEvent: event, platform, count });
}
