import { mediaSubmitted } from '../../../events/mediaSubmitted.ts';
import * as mediaChecks from '../../data/review/mediaChecks.ts';
import * as tasks from '../../data/tasks.ts';
import { isToAskAgain } from '../../domain/review/mediaCheck.ts';
import { CHECK_MAX_MS, giveUpChecking } from '../../domain/review/review.ts';
import { type Fact, fact } from '../../event.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { UploadId } from '../../schemas/base.ts';
import type { ReviewTarget } from '../../schemas/review/review.ts';
import { placeOf } from './reviewedKinds.ts';
import { stepReview } from './stepReview.ts';

/**
 * Looks after one thing that still waits for the platform: it is given up and goes to staff, or its files are asked
 * about once more. Answers what was done.
 */
export async function sweepCheck(
  tx: Tx,
  target: ReviewTarget,
  at: { readonly now: TimeMs; readonly requestId: string },
): Promise<'answered' | 'queued' | 'asked_again' | 'waiting'> {
  const { now } = at;
  const { place, id } = placeOf(target);
  const found = await place.find(tx, id);
  if (found?.checkingSinceMs == null) return 'answered';
  if (now >= found.checkingSinceMs + CHECK_MAX_MS) {
    await stepReview(tx, target, (before) => giveUpChecking(before, now), at);
    return 'queued';
  }
  const { version, waitsFor } = found.review;
  const facts: Fact[] = [];
  for (const part of waitsFor) {
    if (part === 'text') continue;
    const file = { target, version, uploadId: UploadId.parse(part) };
    const check = await mediaChecks.find(tx, mediaChecks.checkId(file));
    if (check === null || !isToAskAgain(check, now)) continue;
    // The number in the key is that of the question that is asked now, so a later sweep does not ask it again.
    await mediaChecks.change(
      tx,
      file,
      (before) => ({ ...before, asked: before.asked + 1, askedAtMs: now }),
      now,
    );
    facts.push(fact(mediaSubmitted, `${check.id}:2`, file));
  }
  await tasks.append(tx, facts, at);
  return facts.length > 0 ? 'asked_again' : 'waiting';
}
