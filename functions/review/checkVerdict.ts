import { mediaChecked } from '../../events/mediaChecked.ts';
import * as mediaChecks from '../../shared/data/review/mediaChecks.ts';
import { worthOf } from '../../shared/domain/review/mediaCheck.ts';
import { takeVerdict } from '../../shared/domain/review/review.ts';
import { fail } from '../../shared/errors.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { consumer } from '../../shared/function.ts';
import { HOUR_MS } from '../../shared/schemas/base.ts';

/** How long a number of WeChat's may be unknown to us: it can answer before we have written down that we asked. */
const UNKNOWN_MS = HOUR_MS;

/**
 * Takes WeChat's verdict about a picture or a sound. A pass counts only when WeChat fetched the file from us and its
 * whole check succeeded; otherwise staff decide. A verdict about nothing of ours is left alone.
 */
export const checkVerdict = consumer({ on: mediaChecked }, async ({ data, event, tx, now, requestId }) => {
  const found = await mediaChecks.ofTrace(tx, data.traceId);
  if (found === null) {
    if (now >= event.occurredAtMs + UNKNOWN_MS) return;
    throw fail('wechat.unavailable', { detail: 'no such check yet' });
  }
  const { check, isFetched } = found;
  const { target, version, uploadId: part } = check;
  const said = { ...worthOf({ ...data, isFetched }), version, part };
  await stepReview(tx, target, (before) => takeVerdict(before, said, now), { now, requestId });
});
