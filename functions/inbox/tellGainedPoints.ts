import { pointsGained } from '../../events/pointsGained.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells somebody how many points they gained in a day. */
export const tellGainedPoints = consumer({ on: pointsGained }, async (call) => {
  const { userId, day, count } = call.data;
  await leaveMessage(call, {
    userId,
    cause: `points_gained:${day}`,
    subject: { kind: 'points_gained', day, count },
  });
});
