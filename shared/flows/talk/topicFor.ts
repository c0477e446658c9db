import * as topics from '../../data/talk/topics.ts';
import { isMember, isStaffOf } from '../../domain/talk/group.ts';
import { needFeature } from '../../domain/talk/talk.ts';
import { fail } from '../../errors.ts';
import type { Reader } from '../../ports/database.ts';
import type { TimeMs, TopicId, UserId } from '../../schemas/base.ts';
import type { Group } from '../../schemas/talk/group.ts';
import type { Talk } from '../../schemas/talk/talk.ts';
import type { Topic } from '../../schemas/talk/topic.ts';
import { standingIn } from './enterGroup.ts';

/** A topic in a group that the user may enter now. */
export interface EnteredTopic {
  readonly topic: Topic;
  readonly group: Group;
  readonly isStaffHere: boolean;
}

/** Refuses topics while they, or the groups that they are in, are switched off. @throws feature.off */
export function needTopics(talk: Talk, use: 'read' | 'write'): void {
  needFeature(talk, 'groups', 'read');
  needFeature(talk, 'topics', use);
}

/**
 * The topic, if the user is a member of its group now and it is shown, or their own; for who tends the group, also if
 * it is hidden. Null otherwise. The group is asked each time, as `standingIn` says.
 */
export async function findTopicFor(
  reader: Pick<Reader, 'find'>,
  database: Pick<Reader, 'find'>,
  asked: { readonly topicId: TopicId; readonly userId: UserId; readonly now: TimeMs },
): Promise<EnteredTopic | null> {
  const { topicId, userId, now } = asked;
  const topic = await topics.find(reader, topicId);
  if (topic === null) return null;
  const found = await standingIn(reader, database, { groupId: topic.groupId, userId, now });
  if (found === null || !isMember(found.group, found.standing)) return null;
  const isStaffHere = isStaffOf(found.group, userId);
  const isHidden = topic.shown !== null && !topic.isShown;
  const isSeen = topic.isShown || topic.userId === userId || (isStaffHere && isHidden);
  return isSeen ? { topic, group: found.group, isStaffHere } : null;
}

/** The same. @throws topic.not_found */
export async function topicFor(
  reader: Pick<Reader, 'find'>,
  database: Pick<Reader, 'find'>,
  asked: Parameters<typeof findTopicFor>[2],
): Promise<EnteredTopic> {
  const found = await findTopicFor(reader, database, asked);
  if (found === null) throw fail('topic.not_found');
  return found;
}

/** The user's own topic, while they are a member of its group. @throws topic.not_found */
export async function ownTopicFor(
  reader: Pick<Reader, 'find'>,
  database: Pick<Reader, 'find'>,
  asked: Parameters<typeof findTopicFor>[2],
): Promise<EnteredTopic> {
  const found = await topicFor(reader, database, asked);
  if (found.topic.userId !== asked.userId) throw fail('topic.not_found');
  return found;
}
