import { pointsEndNeared } from '../../events/pointsEndNeared.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells somebody that points of theirs end soon. */
export const tellEndingPoints = consumer({ on: pointsEndNeared }, async (call) => {
  const { userId, count, expiresAtMs } = call.data;
  if (expiresAtMs <= call.now) return;
  await leaveMessage(call, {
    userId,
    cause: `points_ending:${expiresAtMs}`,
    subject: { kind: 'points_ending', count, expiresAtMs },
  });
});
