import * as z from 'zod';
import { shareView } from '../../shared/domain/shares/share.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { makeShare } from '../../shared/flows/shares/makeShare.ts';
import { refuseUnlessShareable } from '../../shared/flows/shares/refuseUnlessShareable.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { ShareTarget, ShareView } from '../../shared/schemas/shares/share.ts';

/**
 * Makes the caller's link to the shop, a product or an article, or returns the one they have.
 *
 * Its token goes into the path of a card or the scene of a mini-program code. It is the same for ever. Sharing gives
 * nobody anything.
 */
export const createShare = http(
  {
    route: 'POST /api/shares',
    auth: 'member',
    input: z.strictObject({ target: ShareTarget }),
    output: z.object({ share: ShareView }),
    errors: ['feature.off', 'product.not_found', 'article.not_found'],
    limit: { max: 30, windowMs: MINUTE_MS },
  },
  async ({ input: { target }, user, now, ports }) => {
    needFeature(ports.settings.talk, 'shares', 'write');
    await refuseUnlessShareable(ports, target, now);
    return { share: shareView(await makeShare(ports, { userId: user.id, target, now })) };
  },
);
