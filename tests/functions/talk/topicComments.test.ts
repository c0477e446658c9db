import { acceptComment } from '../../../functions/talk/acceptComment.ts';
import { createComment } from '../../../functions/talk/createComment.ts';
import { foldComments } from '../../../functions/talk/foldComments.ts';
import { hideComment } from '../../../functions/talk/hideComment.ts';
import { leaveGroup } from '../../../functions/talk/leaveGroup.ts';
import { listComments } from '../../../functions/talk/listComments.ts';
import { listTopics } from '../../../functions/talk/listTopics.ts';
import { removeComment } from '../../../functions/talk/removeComment.ts';
import type { GroupId, TopicId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { aComment, givenShown, givenWritten, storedComment } from '../../support/given/comment.ts';
import { givenGroup } from '../../support/given/group.ts';
import type { Buyer } from '../../support/given/order.ts';
import { givenMemberOf, givenShownTopic, storedTopic } from '../../support/given/topic.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let groupId: GroupId;
let id: TopicId;
let alice: Buyer;
let bob: Buyer;
let teacher: Buyer;

beforeEach(async () => {
  world = await createWorld();
  teacher = await givenWriter(world, 'teacher');
  groupId = (await givenGroup(world, { teachers: [teacher.userId] })).id;
  alice = await givenMemberOf(world, groupId, 'alice');
  bob = await givenMemberOf(world, groupId, 'bob');
  id = (await givenShownTopic(world, alice, groupId, { kind: 'ask' })).id;
});
afterEach(() => world.close());

const accepts = (commentId: string | null, who = alice, topicId: string = id) =>
  world.call(acceptComment, { id: topicId, commentId }, who);
const hides = (commentId: string, who = teacher) => world.call(hideComment, { id: commentId }, who);
const says = (who = bob, wishes: Readonly<Record<string, unknown>> = {}) =>
  givenShown(world, who, `topic:${id}`, wishes);
const lists = (who = bob) => world.call(listComments, { threadId: `topic:${id}` }, who);
const switchesOff = () => {
  const settings = world.ports.settings as { talk: object };
  settings.talk = { ...defaultSettings.talk, topics: 'off' };
};
const THREAD_NOT_FOUND = { status: 404, code: 'thread.not_found' };

describe('what is said about a topic', () => {
  test('LK13 members of its group read and write it, asked at each call; nobody else does', async () => {
    const { id: commentId } = await says();
    expect((await lists(alice)).data.items).toMatchObject([{ id: commentId }]);
    const carol = await givenWriter(world, 'carol');
    expect(await lists(carol)).toMatchObject(THREAD_NOT_FOUND);
    await world.call(leaveGroup, { id: groupId }, bob);
    expect(await lists()).toMatchObject(THREAD_NOT_FOUND);
    const asked = aComment(world, `topic:${id}`);
    for (const who of [bob, carol])
      expect(await world.call(createComment, asked, who)).toMatchObject(THREAD_NOT_FOUND);
    expect((await world.call(removeComment, { id: commentId }, bob)).status).toBe(200);
  });

  test('it is counted and moves its topic up, some seconds later and once; what is gone counts back', async () => {
    const other = await givenShownTopic(world, teacher, groupId);
    const comment = await says();
    for (const _ of [1, 2]) await world.run(foldComments);
    const { publicAtMs } = await storedComment(world, comment.id);
    expect(await storedTopic(world, id)).toMatchObject({ replies: 1, lastAtMs: publicAtMs });
    const ids = async () =>
      (await world.call(listTopics, { id: groupId }, bob)).data.items.map((one) => one.id);
    expect(await ids()).toEqual([id, other.id]);
    await world.call(removeComment, { id: comment.id }, bob);
    await world.run(foldComments);
    expect(await storedTopic(world, id)).toMatchObject({ replies: 0, lastAtMs: publicAtMs });
  });
});

describeFunction(acceptComment, () => {
  test('who asked, or who teaches, accepts one answer, another one, or none', async () => {
    const [one, two] = [await says(), await says(teacher)];
    for (const _ of [1, 2]) expect((await accepts(one.id)).data).toEqual({ acceptedCommentId: one.id });
    expect((await accepts(two.id, teacher)).data).toEqual({ acceptedCommentId: two.id });
    expect((await accepts(null)).data).toEqual({ acceptedCommentId: null });
  });

  test('comment.not_found: what nobody sees, a reply, and what is said elsewhere', async () => {
    const shown = await says();
    const checking = await givenWritten(world, bob, `topic:${id}`);
    const reply = await says(teacher, { parentId: shown.id });
    const elsewhere = await givenShownTopic(world, teacher, groupId);
    const other = await givenShown(world, teacher, `topic:${elsewhere.id}`);
    for (const each of [checking.id, reply.id, other.id, world.ports.ids.make('cmt')])
      expect(await accepts(each)).toMatchObject({ status: 404, code: 'comment.not_found' });
  });

  test('topic.not_yours, topic.not_ask, topic.not_found', async () => {
    const { id: commentId } = await says();
    expect(await accepts(commentId, bob)).toMatchObject({ status: 403, code: 'topic.not_yours' });
    const talk = await givenShownTopic(world, teacher, groupId);
    expect(await accepts(null, teacher, talk.id)).toMatchObject({ status: 409, code: 'topic.not_ask' });
    await world.call(leaveGroup, { id: groupId }, alice);
    expect(await accepts(commentId)).toMatchObject({ status: 404, code: 'topic.not_found' });
  });

  test('feature.off', async () => {
    switchesOff();
    expect(await accepts(null)).toMatchObject({ code: 'feature.off' });
  });
});

describeFunction(hideComment, () => {
  test('it is hidden, and is hidden once', async () => {
    const { id: commentId } = await says();
    for (const _ of [1, 2]) expect((await hides(commentId)).data).toEqual({ id: commentId });
    expect((await lists()).data.items).toEqual([]);
    const { review } = await storedComment(world, commentId);
    expect(review).toMatchObject({ isHidden: true, cause: 'hidden', by: teacher.userId });
  });

  test('review.not_waiting: what nobody sees', async () => {
    const { id: commentId } = await givenWritten(world, bob, `topic:${id}`);
    expect(await hides(commentId)).toMatchObject({ status: 409, code: 'review.not_waiting' });
  });

  test('topic.not_yours, thread.not_found, comment.not_found', async () => {
    const { id: commentId } = await says();
    expect(await hides(commentId, alice)).toMatchObject({ status: 403, code: 'topic.not_yours' });
    const elsewhere = await world.login('elsewhere');
    await givenGroup(world, { assistants: [elsewhere.userId] });
    expect(await hides(commentId, elsewhere)).toMatchObject(THREAD_NOT_FOUND);
    expect(await hides(world.ports.ids.make('cmt'))).toMatchObject({ code: 'comment.not_found' });
  });

  test('feature.off', async () => {
    const { id: commentId } = await says();
    switchesOff();
    expect(await hides(commentId)).toMatchObject({ code: 'feature.off' });
  });
});
