import { commentApproved } from '../../events/commentApproved.ts';
import * as users from '../../shared/data/identity/users.ts';
import * as comments from '../../shared/data/talk/comments.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells the author of a comment that somebody else's reply to it is public. */
export const tellReply = consumer({ on: commentApproved }, async (call) => {
  const { commentId, userId } = call.data;
  const { database } = call.ports;
  const reply = await comments.find(database, commentId);
  const parent = reply?.parentId == null ? null : await comments.find(database, reply.parentId);
  if (parent === null || parent.userId === userId) return;
  const replier = (await users.find(database, userId))?.nickname ?? '';
  await leaveMessage(call, {
    userId: parent.userId,
    cause: `comment_replied:${commentId}`,
    subject: { kind: 'comment_replied', commentId: parent.id, threadId: parent.threadId, replier },
  });
});
