import * as z from 'zod';
import * as flags from '../../shared/data/review/flags.ts';
import { takeFlag } from '../../shared/domain/review/review.ts';
import { fail } from '../../shared/errors.ts';
import { mayWrite } from '../../shared/flows/review/mayWrite.ts';
import { placeOf } from '../../shared/flows/review/reviewedKinds.ts';
import { seeMarked } from '../../shared/flows/review/seeMarked.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { http } from '../../shared/function.ts';
import { FlagReason, FlagTarget } from '../../shared/schemas/review/flag.ts';
import { MarkTarget } from '../../shared/schemas/review/mark.ts';

/**
 * Tells the shop that something which the caller sees should not be there. A person has one flag for each version, so
 * flagging it again changes nothing.
 *
 * A flag weighs as much as the caller is trusted. Enough of them hide what they are about until staff decide. The
 * answer does not say what the flag did.
 */
export const flagContent = http(
  {
    route: 'POST /api/flags',
    auth: 'member',
    input: z.strictObject({ target: FlagTarget, reason: FlagReason }),
    output: z.object({ target: FlagTarget }),
    errors: ['feature.off', 'thread.not_found', 'flag.own', 'writing.too_many', 'writing.suspended'],
  },
  async ({ input: { target, reason }, user, now, ports, requestId }) => {
    const { place: kept, id } = placeOf(target);
    const place = await seeMarked(ports, { target: MarkTarget.parse(id), userId: user.id, now });
    await ports.database.tx(async (tx) => {
      const seen = await kept.find(tx, id);
      const version = seen?.isShown === true ? seen.review.publicVersion : null;
      if (seen === null || version === null) throw fail('thread.not_found');
      if (seen.userId === user.id) throw fail('flag.own');
      const of = { target, version, userId: user.id };
      if ((await flags.find(tx, of)) !== null) return;
      const { flagWeight: weight } = await mayWrite(tx, { user, what: 'flag', place, ports, now });
      const flag = { ...of, id: flags.flagId(of), reason, weight, overturnedAtMs: null, atMs: now };
      await flags.insert(tx, flag);
      await stepReview(tx, target, (before) => takeFlag(before, weight), { now, requestId });
    });
    return { target };
  },
);
