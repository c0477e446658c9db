import { contentRemoved } from '../../events/contentRemoved.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells an author that something of theirs was taken away, and that they may appeal. */
export const tellRemovedContent = consumer({ on: contentRemoved }, async (call) => {
  const { target, userId } = call.data;
  const cause = call.event.id.replace(/^content\.removed:/, 'content_removed:');
  await leaveMessage(call, { userId, cause, subject: { kind: 'content_removed', target } });
});
