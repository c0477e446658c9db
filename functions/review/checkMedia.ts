import { mediaSubmitted } from '../../events/mediaSubmitted.ts';
import * as mediaChecks from '../../shared/data/review/mediaChecks.ts';
import * as uploads from '../../shared/data/review/uploads.ts';
import { isAwaited, takeVerdict } from '../../shared/domain/review/review.ts';
import { pacedBriefly } from '../../shared/flows/payments/paced.ts';
import { openidOfWriter, uncheckedBy } from '../../shared/flows/review/askSafety.ts';
import { checkedMediaUrl } from '../../shared/flows/review/checkedMediaUrl.ts';
import { placeOf } from '../../shared/flows/review/reviewedKinds.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { outward } from '../../shared/function.ts';

/**
 * Asks WeChat about a picture or a sound that somebody wrote with. Its verdict is pushed later (`checkVerdict`).
 *
 * WeChat fetches the file from us, so that we know whether it did. What it will never check goes to staff.
 */
export const checkMedia = outward({ on: mediaSubmitted }, async ({ data, now, ports, requestId }) => {
  const { target, version, uploadId } = data;
  const { database } = ports;
  const { place, id } = placeOf(target);
  const found = await place.find(database, id);
  if (found === null || !isAwaited(found, version, uploadId)) return async () => undefined;
  const question = ports.ids.make('ask');
  const ask = async () => {
    const openid = await openidOfWriter(database, found.userId);
    const upload = await uploads.find(database, uploadId);
    if (openid === null || upload === null) return { code: openid === null ? 'no_openid' : 'no_file' };
    const mediaType = upload.contentType.startsWith('audio/') ? 1 : 2;
    const url = checkedMediaUrl(ports, { ...data, question }, now);
    return pacedBriefly(ports).safety.checkMedia({ openid, scene: place.scene, mediaType, url });
  };
  const answer = await ask();
  if ('code' in answer) {
    const said = { ...uncheckedBy(answer.code), version, part: uploadId };
    return async (tx) => {
      await stepReview(tx, target, (before) => takeVerdict(before, said, now), { now, requestId });
    };
  }
  return async (tx) => {
    const asked = (before: { readonly asked: number }) => ({ asked: before.asked + 1, askedAtMs: now });
    await mediaChecks.change(tx, data, (before) => ({ ...before, ...asked(before) }), now);
    const trace = { id: answer.traceId, checkId: mediaChecks.checkId(data), question, createdAtMs: now };
    await mediaChecks.insertTrace(tx, trace);
  };
});
