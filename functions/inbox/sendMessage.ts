import { messageDue } from '../../events/messageDue.ts';
import { recordSending, sendOnce, takeForSending } from '../../shared/flows/inbox/sendOutside.ts';
import { pacedBriefly } from '../../shared/flows/payments/paced.ts';
import { outward } from '../../shared/function.ts';

/**
 * Sends a message by WeChat, at most once.
 *
 * WeChat has no key against repeats. So the quota is taken and the message marked before the call, and a run that finds
 * it marked never calls. Its outcome is then unknown; the inbox has the message either way.
 */
export const sendMessage = outward({ on: messageDue }, async ({ data: { messageId }, now, ports }) => {
  const asked = await takeForSending(ports, messageId, now);
  if (asked === null) return async () => undefined;
  const sending = await sendOnce(pacedBriefly(ports), asked);
  return (tx) => recordSending(tx, ports, messageId, { sending, now: ports.clock.now() });
});
