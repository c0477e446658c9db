/** Topics: writing and editing them, how they move, and who sees what of them. */
import { fail } from '../../errors.ts';
import {
  type CommentId,
  type GroupId,
  MINUTE_MS,
  type TimeMs,
  type TopicId,
  timeMs,
  type UploadId,
  type UserId,
} from '../../schemas/base.ts';
import type { Written } from '../../schemas/review/review.ts';
import type { AuthorView } from '../../schemas/talk/author.ts';
import type { Comment } from '../../schemas/talk/comment.ts';
import type {
  ImageView,
  MyTopicView,
  StaffTopicView,
  Topic,
  TopicKind,
  TopicView,
  TopicWritten,
} from '../../schemas/talk/topic.ts';
import { submitEdit, submitNew } from '../review/review.ts';
import { hotOf } from './hot.ts';

/** How long a topic may be edited. */
export const TOPIC_EDIT_MS = 15 * MINUTE_MS;

/** What somebody writes in a group. */
export interface TopicAsked extends TopicWritten {
  readonly id: TopicId;
  readonly userId: UserId;
  readonly groupId: GroupId;
  readonly kind: TopicKind;
}

const writtenAs = ({ title, body, images }: TopicWritten): Written => ({ title, body, images, audio: null });

/** A new topic, which waits for its check. `doubts` of our own rules send it to staff. */
export function writeTopic(asked: TopicAsked, doubts: readonly string[], now: TimeMs): Topic {
  const { id, userId, groupId, kind } = asked;
  return {
    ...submitNew(userId, writtenAs(asked), doubts, now),
    ...{ id, groupId, kind, acceptedCommentId: null, isPinned: false, likes: 0, replies: 0, hot: 0 },
    ...{ publicAtMs: timeMs(0), lastAtMs: timeMs(0), createdAtMs: now, updatedAtMs: now },
  };
}

/** The topic that this very request wrote before. @throws topic.id_taken when it was another one */
export function topicBefore(stored: Topic, { userId, groupId, kind }: TopicAsked): Topic {
  const isSame = stored.userId === userId && stored.groupId === groupId && stored.kind === kind;
  if (!isSame) throw fail('topic.id_taken');
  return stored;
}

/** Refuses a digest by somebody who does not teach or assist in the group. @throws topic.not_yours */
export function refuseDigest(kind: TopicKind, isStaffHere: boolean): void {
  if (kind === 'digest' && !isStaffHere) throw fail('topic.not_yours');
}

/**
 * The topic with other words or pictures. The same object is returned when nothing is other.
 * @throws topic.not_editable fifteen minutes after it was written; review.not_editable
 */
export function editTopic(before: Topic, asked: TopicWritten, doubts: readonly string[], now: TimeMs): Topic {
  const written = writtenAs(asked);
  if (JSON.stringify(written) === JSON.stringify(before.newest)) return before;
  if (now >= before.createdAtMs + TOPIC_EDIT_MS) throw fail('topic.not_editable');
  return { ...submitEdit(before, written, doubts, now), updatedAtMs: now };
}

/** The topic with what follows from the rest of it: where it stands in lists, and since when it is public. */
export function placedTopic(topic: Topic): Topic {
  const publicAtMs = topic.review.publicAtMs ?? timeMs(0);
  const lastAtMs = timeMs(Math.max(topic.lastAtMs, publicAtMs));
  return { ...topic, publicAtMs, lastAtMs, hot: hotOf({ ...topic, publicAtMs }) };
}

/** The topic with its comments as they are counted now, and moved up by the newest of them. */
export function foldReplies(
  topic: Topic,
  counted: { readonly replies: number; readonly lastAtMs: TimeMs },
): Topic {
  const lastAtMs = timeMs(Math.max(topic.lastAtMs, counted.lastAtMs));
  return placedTopic({ ...topic, replies: counted.replies, lastAtMs });
}

/**
 * The topic with an accepted answer, or with none. Who asked accepts it, or who teaches there.
 * @throws topic.not_ask, topic.not_yours; comment.not_found for what is no shown comment on it
 */
export function acceptAnswer(
  topic: Topic,
  asked: {
    readonly commentId: CommentId | null;
    readonly comment: Comment | null;
    readonly userId: UserId;
    readonly isStaffHere: boolean;
  },
  now: TimeMs,
): Topic {
  const { commentId, comment, userId, isStaffHere } = asked;
  if (topic.kind !== 'ask') throw fail('topic.not_ask');
  if (topic.userId !== userId && !isStaffHere) throw fail('topic.not_yours');
  const isAnswer =
    comment?.isShown === true && comment.parentId === null && comment.threadId === `topic:${topic.id}`;
  if (commentId !== null && !isAnswer) throw fail('comment.not_found');
  if (topic.acceptedCommentId === commentId) return topic;
  return { ...topic, acceptedCommentId: commentId, updatedAtMs: now };
}

/** The topic, pinned or not. The same object when it is so already. */
export function pinned(topic: Topic, isPinned: boolean, now: TimeMs): Topic {
  return topic.isPinned === isPinned ? topic : { ...topic, isPinned, updatedAtMs: now };
}

/** What a page knows besides the topics: who reads it, who wrote them, who teaches there, and the pictures' links. */
export interface TopicBeside {
  readonly userId: UserId;
  readonly isStaffHere: boolean;
  readonly isStaff: (id: UserId) => boolean;
  readonly authorOf: (id: UserId) => AuthorView | null;
  /** What of it the reader likes. */
  readonly liked: ReadonlySet<string>;
  readonly imagesOf: (ids: readonly UploadId[]) => ImageView[];
}

/** A topic as a member of its group sees it; null for one that is not shown. */
export function topicView(topic: Topic, beside: TopicBeside): TopicView | null {
  const { shown, isShown, userId, review } = topic;
  if (!isShown || shown === null) return null;
  const { id, groupId, kind, acceptedCommentId, isPinned, likes, replies, lastAtMs, createdAtMs } = topic;
  return {
    ...{ id, groupId, kind, acceptedCommentId, isPinned, likes, replies, lastAtMs, createdAtMs },
    ...{ title: shown.title ?? '', body: shown.body, images: beside.imagesOf(shown.images) },
    author: beside.authorOf(userId),
    isEdited: (review.publicVersion ?? 1) > 1,
    isByStaff: beside.isStaff(userId),
    isMine: userId === beside.userId,
    isLiked: beside.liked.has(id),
    mayTend: beside.isStaffHere,
  };
}

const FIXED: readonly string[] = ['queued', 'removed', 'deleted'];

/** A topic as its author sees it. */
export function myTopicView(
  topic: Topic,
  imagesOf: (ids: readonly UploadId[]) => ImageView[],
  now: TimeMs,
): MyTopicView {
  const { id, groupId, kind, isShown, createdAtMs, newest, review, likes, replies } = topic;
  const { state, version, isHidden } = review;
  const untilMs = timeMs(createdAtMs + TOPIC_EDIT_MS);
  const mayEdit = now < untilMs && !isHidden && !FIXED.includes(state);
  return {
    ...{ id, groupId, kind, isShown, createdAtMs, state, version, isHidden, likes, replies },
    ...{ title: newest.title ?? '', body: newest.body, images: imagesOf(newest.images) },
    editUntilMs: mayEdit ? untilMs : null,
  };
}

/** A topic as staff see it in a list. */
export function staffTopicView(topic: Topic): StaffTopicView {
  const { id, groupId, userId, kind, isPinned, isShown, likes, replies, createdAtMs } = topic;
  const of = { id, groupId, userId, kind, isPinned, isShown, likes, replies, createdAtMs };
  return { ...of, title: topic.newest.title ?? '', state: topic.review.state };
}
