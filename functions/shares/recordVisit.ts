import * as z from 'zod';
import * as shares from '../../shared/data/shares/shares.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { noteVisit } from '../../shared/flows/shares/noteVisit.ts';
import { http } from '../../shared/function.ts';
import { HOUR_MS, MINUTE_MS, timeMs } from '../../shared/schemas/base.ts';
import { ShareTarget, ShareToken } from '../../shared/schemas/shares/share.ts';

/**
 * Records that somebody came by a link, and tells what it leads to. Who is not logged in is only told.
 *
 * A phone sends it on arrival, and once more right after logging in, with how long ago it arrived. The last link by
 * which somebody came stays with what they buy in the next days. Their own link, one of staff and one of somebody who
 * is banned lead there too, and leave nothing.
 */
export const recordVisit = http(
  {
    route: 'POST /api/visits',
    auth: 'optional',
    input: z.strictObject({
      token: ShareToken,
      arrivedAgoMs: z
        .int()
        .min(0)
        .max(2 * HOUR_MS)
        .default(0),
    }),
    output: z.object({ target: ShareTarget }),
    errors: ['feature.off', 'share.not_found'],
    limit: { max: 30, windowMs: MINUTE_MS },
  },
  async ({ input: { token, arrivedAgoMs }, user, now, ports }) => {
    needFeature(ports.settings.talk, 'shares', 'read');
    const { userId: sharerId, target } = await shares.getToken(ports.database, token);
    const isKept = user !== null && ports.settings.talk.shares === 'on';
    const arrivedAtMs = timeMs(now - arrivedAgoMs);
    if (isKept) await noteVisit(ports.database, { token, sharerId, userId: user.id, arrivedAtMs, now });
    return { target };
  },
);
