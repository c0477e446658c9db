/** Topics for tests, as members of a group write them and as the check lets them pass. */
import { createTopic } from '../../../functions/talk/createTopic.ts';
import { joinGroup } from '../../../functions/talk/joinGroup.ts';
import * as topics from '../../../shared/data/talk/topics.ts';
import { takeVerdict, type Verdict } from '../../../shared/domain/review/review.ts';
import { stepReview } from '../../../shared/flows/review/stepReview.ts';
import { type GroupId, TopicId } from '../../../shared/schemas/base.ts';
import type { MyTopicView, Topic } from '../../../shared/schemas/talk/topic.ts';
import type { World } from '../world.ts';
import { type Buyer, stored } from './order.ts';
import { givenWriter } from './writer.ts';

/** Somebody who may write in an open group, because they joined it. The same name is the same person. */
export async function givenMemberOf(world: World, id: GroupId, name: string): Promise<Buyer> {
  const member = await givenWriter(world, name);
  const answer = await world.call(joinGroup, { id }, member);
  if (answer.status !== 200) throw new Error(`not joined: ${answer.code}`);
  return member;
}

/** What somebody writes in a group, by default something told, without pictures. */
export function aTopic(world: World, groupId: GroupId, wishes: object = {}) {
  const words = { kind: 'talk', title: '第一周', body: '我读完了第一章', images: [] };
  return { id: world.ports.ids.make('top'), groupId, ...words, ...wishes };
}

/** Somebody writes a topic, which waits for its check. The clock moves on by a millisecond. */
export async function givenTopic(
  world: World,
  writer: Buyer,
  groupId: GroupId,
  wishes: object = {},
): Promise<MyTopicView> {
  world.clock.advance(1);
  const answer = await world.call(createTopic, aTopic(world, groupId, wishes), writer);
  if (answer.status !== 200) throw new Error(`no topic: ${answer.code}`);
  return answer.data.topic;
}

/** What the check says of every part of the newest version of a topic. */
export async function judgeTopic(world: World, id: TopicId, verdict: Verdict = 'pass'): Promise<void> {
  const at = { now: world.clock.now(), requestId: 'given' };
  await world.ports.database.tx(async (tx) => {
    const { review } = await topics.get(tx, id);
    for (const part of review.waitsFor) {
      const said = { version: review.version, part, verdict, label: 100, cause: 'check:given' };
      await stepReview(tx, `topic:${id}`, (before) => takeVerdict(before, said, at.now), at);
    }
  });
}

/** Somebody writes a topic that passes its check, so that the members of its group see it. */
export async function givenShownTopic(...asked: Parameters<typeof givenTopic>): Promise<MyTopicView> {
  const topic = await givenTopic(...asked);
  await judgeTopic(asked[0], topic.id);
  return topic;
}

/** The topic as it is stored. */
export function storedTopic(world: World, id: string): Promise<Topic> {
  return stored(world, topics.collection, TopicId.parse(id));
}
