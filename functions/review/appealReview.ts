import * as z from 'zod';
import { appeal, ownReview } from '../../shared/domain/review/review.ts';
import { fail } from '../../shared/errors.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { http } from '../../shared/function.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';
import { AppealWords, KnownTarget, OwnReview } from '../../shared/schemas/review/review.ts';

/**
 * Asks staff to look again at something of the caller's that was refused or removed: once for a version, within 14
 * days. Somebody else decides than who took it away. Until then it stays unseen.
 */
export const appealReview = http(
  {
    route: 'POST /api/appeals',
    auth: 'member',
    input: z.strictObject({ target: KnownTarget, words: AppealWords }),
    output: z.object({ review: OwnReview }),
    errors: ['review.not_found', 'review.not_waiting', 'appeal.made_before', 'appeal.too_late'],
    limit: { max: 20, windowMs: DAY_MS },
  },
  async ({ input: { target, words }, user, now, ports, requestId }) => {
    const stepped = await ports.database.tx((tx) =>
      stepReview(
        tx,
        target,
        (before) => {
          if (before.userId !== user.id) throw fail('review.not_found');
          return appeal(before, now);
        },
        { now, requestId, appealWords: words },
      ),
    );
    if (stepped === null) throw fail('review.not_found');
    return { review: ownReview(target, stepped.after, now) };
  },
);
