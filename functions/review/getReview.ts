import * as z from 'zod';
import { ownWritten } from '../../shared/domain/review/review.ts';
import { fail } from '../../shared/errors.ts';
import { placeOf } from '../../shared/flows/review/reviewedKinds.ts';
import { http } from '../../shared/function.ts';
import { KnownTarget, OwnWritten } from '../../shared/schemas/review/review.ts';

/**
 * Shows where something stands that the caller wrote: whether others see it, who took it away, until when they may
 * appeal, and what came of that. What was deleted is not there any more.
 */
export const getReview = http(
  {
    route: 'GET /api/me/review',
    auth: 'member',
    input: z.strictObject({ target: KnownTarget }),
    output: z.object({ written: OwnWritten }),
    errors: ['review.not_found'],
  },
  async ({ input: { target }, user, now, ports }) => {
    const { place, id } = placeOf(target);
    const found = await place.find(ports.database, id);
    const written = found?.userId === user.id ? ownWritten(target, found, now) : null;
    if (written === null) throw fail('review.not_found');
    return { written };
  },
);
