import { approveRefund } from '../../functions/admin/refunds/approveRefund.ts';
import { createRefund } from '../../functions/admin/refunds/createRefund.ts';
import { acceptComment } from '../../functions/talk/acceptComment.ts';
import { createComment } from '../../functions/talk/createComment.ts';
import { createTopic } from '../../functions/talk/createTopic.ts';
import { getGroup } from '../../functions/talk/getGroup.ts';
import { getThread } from '../../functions/talk/getThread.ts';
import { getTopic } from '../../functions/talk/getTopic.ts';
import { listComments } from '../../functions/talk/listComments.ts';
import { listGroups } from '../../functions/talk/listGroups.ts';
import { listReplies } from '../../functions/talk/listReplies.ts';
import { listTopics } from '../../functions/talk/listTopics.ts';
import { removeTopic } from '../../functions/talk/removeTopic.ts';
import { updateGroupNote } from '../../functions/talk/updateGroupNote.ts';
import { updateTopic } from '../../functions/talk/updateTopic.ts';
import type { StaffGroupView } from '../../shared/schemas/talk/group.ts';
import { aComment, givenShown } from '../support/given/comment.ts';
import { givenCourse } from '../support/given/course.ts';
import { givenGroup } from '../support/given/group.ts';
import type { Buyer } from '../support/given/order.ts';
import { givenPaid, newRefundId } from '../support/given/refund.ts';
import { givenStaff } from '../support/given/staff.ts';
import { aTopic, givenShownTopic } from '../support/given/topic.ts';
import { givenConsent, givenWriter } from '../support/given/writer.ts';
import { createWorld, type World } from '../support/world.ts';
import { bar } from './bar.ts';

/** What there is in a group for its members. */
interface Written {
  readonly group: StaffGroupView;
  readonly topicId: string;
  readonly commentId: string;
  /** A topic of the member whose access ends. */
  readonly ownId: string;
}

/** A course's group in which its teacher and a member who bought the course have written. */
async function furnish(world: World, teacher: Buyer, member: Buyer) {
  const { product, productId } = await givenCourse(world);
  const group = await givenGroup(world, { kind: 'course', productId, teachers: [teacher.userId] });
  const order = await givenPaid(world, member, [product]);
  const { id: topicId } = await givenShownTopic(world, teacher, group.id, { kind: 'ask' });
  const { id: commentId } = await givenShown(world, teacher, `topic:${topicId}`);
  const { id: ownId } = await givenShownTopic(world, member, group.id);
  return { order, written: { group, topicId, commentId, ownId } };
}

/** Everything that a member can call about a group, with what it answers. */
function calls(world: World, who: Buyer, { group, topicId, commentId, ownId }: Written) {
  const threadId = `topic:${topicId}`;
  const edited = { title: '改', body: '改过', images: [] };
  return {
    getGroup: () => world.call(getGroup, { id: group.id }, who),
    listTopics: () => world.call(listTopics, { id: group.id }, who),
    getTopic: () => world.call(getTopic, { id: topicId }, who),
    getOwnTopic: () => world.call(getTopic, { id: ownId }, who),
    getThread: () => world.call(getThread, { kind: 'topic', id: topicId }, who),
    listComments: () => world.call(listComments, { threadId }, who),
    listReplies: () => world.call(listReplies, { id: commentId }, who),
    updateGroupNote: () => world.call(updateGroupNote, { id: group.id, isRead: true }, who),
    createComment: () => world.call(createComment, aComment(world, threadId), who),
    createTopic: () => world.call(createTopic, aTopic(world, group.id), who),
    updateTopic: () => world.call(updateTopic, { id: ownId, ...edited }, who),
    acceptComment: () => world.call(acceptComment, { id: ownId, commentId: null }, who),
  };
}

/** What of a group opens before access ends. Accepting is only of questions, and trust limits what is written. */
const OPENS = [
  ...(['getGroup', 'listTopics', 'getTopic', 'getOwnTopic', 'getThread', 'listComments'] as const),
  'listReplies',
] as const;

/**
 * Seen red: when `standingIn` remembers for a minute that somebody may use a product, every read of a group succeeds
 * after the refund.
 */
export const L08 = bar({
  proves:
    'once a refund is approved, nothing of the group that came with what was bought can be read or written by who bought it, and what they wrote is still theirs to delete',
  flags: { refunds: 500, perWorld: 25 },
  brief: { refunds: 25 },
  run: async ({ seed, flags: { refunds, perWorld }, note }) => {
    const violations: string[] = [];
    let [refused, opened] = [0, 0];
    for (let done = 0; done < refunds; done += perWorld) {
      note(`${done} of ${refunds} refunds`);
      const world = await createWorld({ seed: seed * 1_000 + done });
      const teacher = await givenWriter(world, 'teacher');
      const staff = await givenStaff(world, 'admin');
      const other = await givenStaff(world, 'admin');
      for (let n = 0; n < Math.min(perWorld, refunds - done); n += 1) {
        const member = await world.login(`member${n}`);
        await givenConsent(world, member);
        const { order, written } = await furnish(world, teacher, member);
        const own = calls(world, member, written);
        for (const name of OPENS) {
          const { status, code } = await own[name]();
          if (status === 200) opened += 1;
          else violations.push(`${order.id} before: ${name} answered ${status} ${code}`);
        }
        const lines = order.lines.map(({ productId, paidFen }) => ({
          productId,
          refundFen: paidFen,
          takesAccess: true,
        }));
        const refundId = newRefundId(world);
        await world.call(createRefund, { orderId: order.id, refundId, lines, reason: '不合适' }, staff);
        await world.call(approveRefund, { refundId, reason: '同意' }, other);
        for (const [name, call] of Object.entries(own)) {
          const { status, code } = await call();
          if (status === 404) refused += 1;
          else violations.push(`${order.id} after: ${name} answered ${status} ${code}`);
        }
        const { items } = (await world.call(listGroups, {}, member)).data;
        if (items.length > 0) violations.push(`${order.id}: the group is listed`);
        const removed = await world.call(removeTopic, { id: written.ownId }, member);
        if (removed.status !== 200) violations.push(`${order.id}: what they wrote is not theirs to delete`);
      }
      await world.close();
    }
    const pass = violations.length === 0 && opened === refunds * OPENS.length;
    return { pass, measured: { refunds, opened, refused, violations: violations.slice(0, 10) } };
  },
});
