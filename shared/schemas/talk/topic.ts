/** Topics that members of a group write. */
import * as z from 'zod';
import { CommentId, GroupId, lines, pageOf, TimeMs, TopicId, text, UploadId } from '../base.ts';
import { IMAGES_MAX, Review, Reviewed, ReviewState } from '../review/review.ts';
import { AuthorView } from './author.ts';

/** `talk`: something told. `ask`: a question, with one accepted answer at most. `digest`: written by who teaches. */
export const TopicKind = z.enum(['talk', 'ask', 'digest']);
export type TopicKind = z.infer<typeof TopicKind>;

/** What an author writes. The pictures are uploads of their own. */
export const TopicWritten = z.strictObject({
  title: text(60),
  body: lines(2_400),
  images: z
    .array(UploadId)
    .max(IMAGES_MAX)
    .refine((ids) => new Set(ids).size === ids.length),
});
export type TopicWritten = z.infer<typeof TopicWritten>;

/** A stored topic. Only the review changes who sees it. */
export const Topic = Reviewed.extend({
  id: TopicId,
  groupId: GroupId,
  kind: TopicKind,
  /** The answer that who asked, or who teaches, accepted; null for none. */
  acceptedCommentId: CommentId.nullable(),
  isPinned: z.boolean(),
  /** How many people like it, and how many comments on it are shown, counted every few seconds. */
  likes: z.int().min(0),
  replies: z.int().min(0),
  /** The place in the list by interest, as `domain/talk/hot.ts` has it. */
  hot: z.int(),
  /** When it was public for the first time; 0 before. */
  publicAtMs: TimeMs,
  /** When it, or the newest comment on it, became public; 0 before. A comment that is gone is not counted back. */
  lastAtMs: TimeMs,
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Topic = z.infer<typeof Topic>;

/** A picture that may be shown: a link that is good for a while. */
export const ImageView = z.object({ id: UploadId, url: z.string() });
export type ImageView = z.infer<typeof ImageView>;

/** A topic as a member of its group sees it. */
export const TopicView = Topic.pick({
  id: true,
  groupId: true,
  kind: true,
  acceptedCommentId: true,
  isPinned: true,
  likes: true,
  replies: true,
  lastAtMs: true,
  createdAtMs: true,
}).extend({
  /** Whether the reader likes it. They see that at once; `likes` follows within seconds. */
  isLiked: z.boolean(),
  /** Null for somebody who no longer exists. */
  author: AuthorView.nullable(),
  title: z.string(),
  body: z.string(),
  images: z.array(ImageView),
  /** Whether it was changed after others could see it. */
  isEdited: z.boolean(),
  /** Whether the author is a teacher or an assistant of the group. */
  isByStaff: z.boolean(),
  isMine: z.boolean(),
  /** Whether the caller may pin and hide it. Who asked, or who may tend it, accepts an answer. */
  mayTend: z.boolean(),
});
export type TopicView = z.infer<typeof TopicView>;

/** One page of topics. It may be short, because what cannot be shown to the caller is left out. */
export const TopicPage = pageOf(TopicView);

/** The order of a list of topics. Those that are pinned come first in both. */
export const TopicSort = z.enum(['last', 'hot']);
export type TopicSort = z.infer<typeof TopicSort>;

/** A topic as its author sees it, in any state, with the newest words and pictures. */
export const MyTopicView = Topic.pick({
  id: true,
  groupId: true,
  kind: true,
  isShown: true,
  createdAtMs: true,
}).extend({
  title: z.string(),
  body: z.string(),
  images: z.array(ImageView),
  /** Where the newest version stands, and which one it is. */
  state: Review.shape.state,
  version: Review.shape.version,
  /** Whether it is hidden until staff decide. */
  isHidden: z.boolean(),
  /** Until when its author may edit it; null when they may not. */
  editUntilMs: TimeMs.nullable(),
  likes: z.int().min(0),
  replies: z.int().min(0),
});
export type MyTopicView = z.infer<typeof MyTopicView>;

/** One page of a user's own topics. */
export const MyTopicPage = pageOf(MyTopicView);

/** A topic as staff see it in a list. */
export const StaffTopicView = Topic.pick({
  id: true,
  groupId: true,
  userId: true,
  kind: true,
  isPinned: true,
  isShown: true,
  likes: true,
  replies: true,
  createdAtMs: true,
}).extend({ title: z.string(), state: ReviewState });
export type StaffTopicView = z.infer<typeof StaffTopicView>;

/** One page of topics, for staff. */
export const StaffTopicPage = pageOf(StaffTopicView);
