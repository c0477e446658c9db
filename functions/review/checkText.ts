import { textSubmitted } from '../../events/textSubmitted.ts';
import { isAwaited, takeVerdict } from '../../shared/domain/review/review.ts';
import { pacedBriefly } from '../../shared/flows/payments/paced.ts';
import { judgeText, openidOfWriter } from '../../shared/flows/review/askSafety.ts';
import { placeOf } from '../../shared/flows/review/reviewedKinds.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { outward } from '../../shared/function.ts';

/**
 * Asks WeChat about a text that somebody wrote, and takes its word.
 *
 * A long text is asked about in pieces, and the worst answer counts. What WeChat will never check for us, because its
 * writer was not here lately or never came by WeChat, goes to staff: it is neither public nor refused. While WeChat
 * does not answer, the task waits.
 */
export const checkText = outward({ on: textSubmitted }, async ({ data, now, ports, requestId }) => {
  const { target, version } = data;
  const { place, id } = placeOf(target);
  const found = await place.find(ports.database, id);
  if (found === null || !isAwaited(found, version, 'text')) return async () => undefined;
  const openid = await openidOfWriter(ports.database, found.userId);
  const { safety } = pacedBriefly(ports);
  const said = await judgeText(safety, { openid, scene: place.scene, written: found.newest });
  return async (tx) => {
    const take = (before: typeof found) => takeVerdict(before, { ...said, version, part: 'text' }, now);
    await stepReview(tx, target, take, { now, requestId });
  };
});
