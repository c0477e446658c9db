import * as cases from '../../data/operations/cases.ts';
import { isUrgent } from '../../domain/feedback/feedback.ts';
import { closeCase } from '../../domain/identity/staff.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Feedback } from '../../schemas/feedback/feedback.ts';

const caseOf = ({ id }: Feedback) => ({ kind: 'feedback_urgent', cause: id }) as const;

/** Opens a case about what cannot wait, or opens it again. The rest is told by `watchWaiting` when it waits. */
export async function callForAPerson(tx: Tx, feedback: Feedback, now: TimeMs): Promise<void> {
  if (!isUrgent(feedback)) return;
  const { userId, orderId, turns } = feedback;
  const story = `用户反馈侵权，须尽快处理：${turns.at(-1)?.words ?? ''}`;
  await cases.openAgain(tx, { ...caseOf(feedback), story, userId, orderId }, now);
}

/** Closes that case, because it is answered. */
export async function closeCall(
  tx: Tx,
  feedback: Feedback,
  { by, now }: { readonly by: UserId; readonly now: TimeMs },
): Promise<void> {
  if (!isUrgent(feedback)) return;
  const before = await cases.find(tx, caseOf(feedback));
  if (before !== null)
    await cases.save(tx, before, closeCase(before, { by, resolution: '已回复用户', atMs: now }));
}
