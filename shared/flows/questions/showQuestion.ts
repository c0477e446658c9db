import * as answers from '../../data/questions/answers.ts';
import { disputeUntilMs, questionCard, withdrawUntilMs } from '../../domain/questions/question.ts';
import { ownReview } from '../../domain/review/review.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UploadId, UserId } from '../../schemas/base.ts';
import type { Answer, AnswerView, Question, QuestionView } from '../../schemas/questions/question.ts';
import type { Written } from '../../schemas/review/review.ts';
import { authorsOf } from '../talk/authorsOf.ts';
import { imageLinks } from '../talk/showTopics.ts';

type Links = Awaited<ReturnType<typeof imageLinks>>;

const filesOf = ({ images, audio }: Written): UploadId[] => [...images, ...(audio === null ? [] : [audio])];

/** The answer as the caller sees it: its author the newest version, the asker the one that has passed. */
function answerView(answer: Answer | null, userId: UserId, linksOf: Links, now: TimeMs): AnswerView | null {
  if (answer === null) return null;
  const isMine = answer.userId === userId;
  const written = isMine ? answer.newest : answer.isShown ? answer.shown : null;
  if (written === null) return null;
  return {
    body: written.body,
    images: linksOf(written.images),
    audioUrl: written.audio === null ? null : (linksOf([written.audio])[0]?.url ?? null),
    review: isMine ? ownReview(`answer:${answer.id}`, answer, now) : null,
  };
}

/** A question as its asker or its expert sees it, with the answer and links to the files of both. */
export async function showQuestion(
  ports: Pick<Ports, 'database' | 'files'>,
  question: Question,
  { userId, now }: { readonly userId: UserId; readonly now: TimeMs },
): Promise<QuestionView> {
  const { id, newest, shown, expertId, judgement } = question;
  const isMine = question.userId === userId;
  const written = isMine ? newest : (shown ?? newest);
  const answer = await answers.find(ports.database, id);
  const files = [...filesOf(written), ...(answer === null ? [] : filesOf(answer.newest))];
  const older = answer?.shown == null ? [] : filesOf(answer.shown);
  const [authorOf, linksOf] = await Promise.all([
    authorsOf(ports, [question.userId, expertId], now),
    imageLinks(ports, [...new Set([...files, ...older])], now),
  ]);
  return {
    ...questionCard(question),
    ...{ title: written.title ?? '', body: written.body, images: linksOf(written.images), isMine },
    ...{ asker: authorOf(question.userId), expert: authorOf(expertId) },
    review: isMine ? ownReview(`question:${id}`, question, now) : null,
    answer: answerView(answer, userId, linksOf, now),
    withdrawUntilMs: isMine ? withdrawUntilMs(question) : null,
    disputeUntilMs: isMine ? disputeUntilMs(question) : null,
    dispute: question.dispute,
    judgement,
  };
}
