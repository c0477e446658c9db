/** Where each kind of thing that is reviewed is kept, and what its review means to it. */
import { commentApproved } from '../../../events/commentApproved.ts';
import { questionAnswered } from '../../../events/questionAnswered.ts';
import * as profiles from '../../data/identity/profiles.ts';
import * as certificates from '../../data/learning/certificates.ts';
import * as answers from '../../data/questions/answers.ts';
import * as questions from '../../data/questions/questions.ts';
import * as comments from '../../data/talk/comments.ts';
import * as topics from '../../data/talk/topics.ts';
import { afterAnswerReview, afterReview } from '../../domain/questions/question.ts';
import { placedTopic } from '../../domain/talk/topic.ts';
import { type Fact, fact } from '../../event.ts';
import type { Collection, Doc, Reader, Tx } from '../../ports/database.ts';
import { CommentId, QuestionId, type TimeMs, TopicId, UserId } from '../../schemas/base.ts';
import type { Profile } from '../../schemas/identity/profile.ts';
import type { Certificate } from '../../schemas/learning/certificate.ts';
import { type Reviewed, ReviewedKind, type ReviewTarget } from '../../schemas/review/review.ts';
import { saveProfile } from '../identity/saveProfile.ts';

/** How the review machine reaches one kind. */
interface Place<R extends Reviewed> {
  /** The scene that the platform's check is told: 1 a profile, 2 a comment, 3 a post, 4 a log. */
  readonly scene: 1 | 2 | 3 | 4;
  /** Whether it is a text that makes its author trusted, and whose removal ends that. */
  readonly makesTrust: boolean;
  /** What staff read as the name of this kind. */
  readonly word: string;
  readonly collection: Collection<R & Doc>;
  /** Where it stands, for staff; null for nowhere. */
  about(written: R): string | null;
  find(reader: Pick<Reader, 'find'>, id: string): Promise<R | null>;
  save(tx: Tx, before: R, after: R): Promise<void>;
  /** All that has waited for the platform since before a moment, the longest waiting first. */
  checkingSince(reader: Reader, before: TimeMs): AsyncIterable<R & { readonly id: string }>;
  /** What others are told when it is public for the first time. */
  published(after: R, now: TimeMs): readonly Fact[];
}

/** The place of a kind, so that the machine can pass on what it read there without knowing more of it. */
const place = <R extends Reviewed>(declared: Place<R>): Place<Reviewed> => declared as never;

/** Every kind. Only who is in this table is reviewed. */
export const REVIEWED: Readonly<Record<ReviewedKind, Place<Reviewed>>> = {
  comment: place({
    scene: 2,
    makesTrust: true,
    word: '评论',
    collection: comments.collection,
    about: ({ threadId }) => threadId,
    find: (reader, id) => comments.find(reader, CommentId.parse(id)),
    save: comments.save,
    checkingSince: comments.checkingSince,
    published: ({ id, userId }, now) => [
      fact(commentApproved, id, { commentId: id, userId, approvedAtMs: now }),
    ],
  }),
  topic: place({
    scene: 3,
    makesTrust: true,
    word: '话题',
    collection: topics.collection,
    about: ({ groupId }) => `group:${groupId}`,
    find: (reader, id) => topics.find(reader, TopicId.parse(id)),
    save: (tx, before, after) => topics.save(tx, before, placedTopic(after)),
    checkingSince: topics.checkingSince,
    published: () => [],
  }),
  question: place({
    scene: 3,
    makesTrust: false,
    word: '提问',
    collection: questions.collection,
    about: ({ expertId }) => `expert:${expertId}`,
    find: (reader, id) => questions.find(reader, QuestionId.parse(id)),
    save: (tx, before, after) => questions.save(tx, before, afterReview(after)),
    checkingSince: questions.checkingSince,
    published: () => [],
  }),
  answer: place({
    scene: 3,
    makesTrust: false,
    word: '回答',
    collection: answers.collection,
    about: ({ id }) => `question:${id}`,
    find: (reader, id) => answers.find(reader, QuestionId.parse(id)),
    save: async (tx, before, after) => {
      await answers.save(tx, before, after);
      const question = await questions.get(tx, after.id);
      await questions.save(tx, question, afterAnswerReview(question, after));
    },
    checkingSince: answers.checkingSince,
    published: ({ id, review }) => [fact(questionAnswered, `${id}:${review.version}`, { questionId: id })],
  }),
  certificate: place<Certificate>({
    scene: 1,
    makesTrust: false,
    word: '证书上的姓名',
    collection: certificates.collection,
    about: ({ number }) => number,
    find: certificates.findById,
    save: certificates.save,
    checkingSince: certificates.checkingSince,
    published: () => [],
  }),
  profile: place<Profile>({
    scene: 1,
    makesTrust: false,
    word: '昵称和头像',
    collection: profiles.collection,
    about: () => null,
    find: (reader, id) => profiles.find(reader, UserId.parse(id)),
    save: saveProfile,
    checkingSince: profiles.checkingSince,
    published: () => [],
  }),
};

/** The place of what a target names, and its id there. @throws a plain Error for a kind that is not reviewed */
export function placeOf(target: ReviewTarget): { readonly place: Place<Reviewed>; readonly id: string } {
  const end = target.indexOf(':');
  return { place: REVIEWED[ReviewedKind.parse(target.slice(0, end))], id: target.slice(end + 1) };
}
