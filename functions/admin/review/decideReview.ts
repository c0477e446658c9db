import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import { decide } from '../../../shared/domain/review/review.ts';
import { fail } from '../../../shared/errors.ts';
import { overturnFlags } from '../../../shared/flows/review/overturnFlags.ts';
import { stepReview } from '../../../shared/flows/review/stepReview.ts';
import { http } from '../../../shared/function.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { KnownTarget, Review, ReviewDecision } from '../../../shared/schemas/review/review.ts';
import { StaffReview } from '../../../shared/schemas/review/reviewItem.ts';

/**
 * Decides about something that somebody wrote, and closes its case. `approve` and `reject` are about a version that
 * waits, `keep` and `remove` about what others see.
 *
 * A rejected edit leaves the version before it as it is. Nobody decides about their own writing, and about an appeal
 * somebody else decides than who took it away. Repeating a decision changes nothing.
 */
export const decideReview = http(
  {
    route: 'POST /api/admin/reviews/decide',
    auth: { may: 'content.review' },
    input: z.strictObject({
      target: KnownTarget,
      version: Review.shape.version,
      decision: ReviewDecision,
      reason: Reason,
    }),
    output: z.object({ review: StaffReview }),
    errors: [
      ...(['review.not_found', 'review.not_waiting', 'review.version_changed'] as const),
      ...(['review.own', 'review.same_person'] as const),
    ],
  },
  async ({ input: { target, version, decision, reason }, user, now, ports, requestId }) => {
    const by = user.id;
    const auditId = ports.ids.make('aud');
    const review = await ports.database.tx(async (tx) => {
      const at = { now, requestId, decided: { by, reason } };
      const stepped = await stepReview(
        tx,
        target,
        (found) => decide(found, { decision, version, by }, now),
        at,
      );
      if (stepped === null) throw fail('review.not_found');
      const { before, after } = stepped;
      if (before === after) return after.review;
      await audit.append(tx, {
        ...{ id: auditId, actorId: by, action: 'content.decide', target, reason, now, requestId },
        ...{ before: before.review, after: { ...after.review, decision } },
      });
      return after.review;
    });
    // Flags are of what is public, which an edit that waits leaves behind.
    const kept = { target, version: review.publicVersion ?? version, now };
    if (decision === 'keep') await overturnFlags(ports.database, kept);
    return { review };
  },
);
