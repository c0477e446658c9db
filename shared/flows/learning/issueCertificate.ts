import { certificateIssued } from '../../../events/certificateIssued.ts';
import * as courses from '../../data/catalogue/courses.ts';
import * as certificates from '../../data/learning/certificates.ts';
import * as courseProgresses from '../../data/learning/courseProgresses.ts';
import * as progresses from '../../data/learning/progresses.ts';
import * as quizzes from '../../data/learning/quizzes.ts';
import * as tasks from '../../data/tasks.ts';
import { isOwned } from '../../domain/access/access.ts';
import { certificateTarget, issue, numberOf } from '../../domain/learning/certificate.ts';
import { missingLessons, requiredLessons, withFinished } from '../../domain/learning/courseProgress.ts';
import { isDone } from '../../domain/learning/progress.ts';
import { doubtsOf } from '../../domain/review/contacts.ts';
import { fail } from '../../errors.ts';
import { fact } from '../../event.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { LessonId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { Certificate } from '../../schemas/learning/certificate.ts';
import type { CourseProgress } from '../../schemas/learning/progress.ts';
import { accessToOne } from '../access/accessTo.ts';
import { submitFacts } from '../review/submit.ts';

interface Claimed {
  readonly userId: UserId;
  readonly product: Product;
  readonly name: string;
  readonly now: TimeMs;
  readonly requestId: string;
}

/**
 * Which of these lessons the user has done by now, though they are not counted as finished: played while they had a
 * quiz that is gone. They are read outside the transaction, because a course has more lessons than that may touch, and
 * none of it goes back.
 */
async function doneAmong(
  reader: Pick<Reader, 'findMany'>,
  userId: UserId,
  lessonIds: readonly LessonId[],
): Promise<readonly LessonId[]> {
  const opened = await progresses.ofLessons(reader, userId, lessonIds);
  const withQuiz = new Set((await quizzes.ofLessons(reader, lessonIds)).map(({ id }) => id));
  return opened.flatMap((each) => (isDone(each, withQuiz.has(each.lessonId)) ? each.lessonId : []));
}

/**
 * The certificate of a finished course, made now if there is none. It looks again at what was learned, and finishes the
 * course where only that was missing. A name is handed to the check. Safe to repeat, also at the same moment.
 * @throws course.not_finished with the number of missing lessons; certificate.revoked
 */
export async function issueCertificate(
  { database, secrets, settings }: Pick<Ports, 'database' | 'secrets' | 'settings'>,
  asked: Claimed,
): Promise<Certificate> {
  const { userId, product, name } = asked;
  const doubts = doubtsOf({ title: name, body: '' }, { trust: 0, origins: settings.corsOrigins });
  const [seen, outline] = await Promise.all([
    courseProgresses.find(database, userId, product.id),
    courses.find(database, product.id),
  ]);
  if (seen === null || outline === null) throw fail('course.not_finished');
  const required = requiredLessons(outline);
  const isOpen = seen.finishedAtMs === null || seen.undoneAtMs !== null;
  const done = isOpen ? await doneAmong(database, userId, missingLessons(seen, required)) : [];
  const digestOf = (count: number) => secrets.digest('certificate.number', `${seen.id}:${count}`);
  return database.tx(async (tx) => {
    const has = isOwned(await accessToOne(tx, userId, product, asked.now));
    const course = await finishCourse(tx, { ...asked, isOwned: has, required, done });
    const missing = missingLessons(course, required).length;
    const before = await certificates.find(tx, userId, product.id);
    const number = before?.number ?? (await freeNumber(tx, digestOf));
    const title = product.title;
    const after = issue(before, { ...asked, doubts, course, title, number, isOwned: has, missing });
    await certificates.save(tx, before, after);
    const isWritten = before?.review.version !== after.review.version;
    const facts = isWritten ? submitFacts(certificateTarget(after), after) : [];
    await tasks.append(tx, before === null ? [issuedFact(asked), ...facts] : facts, asked);
    return after;
  });
}

function issuedFact({ userId, product: { id: productId, title } }: Claimed) {
  return fact(certificateIssued, `${userId}:${productId}`, { userId, productId, title });
}

/** The progress, finished if nothing is missing. What a refund has undone is so no longer for who has it again. */
async function finishCourse(
  tx: Tx,
  asked: Claimed & {
    readonly isOwned: boolean;
    readonly required: readonly LessonId[];
    readonly done: readonly LessonId[];
  },
): Promise<CourseProgress> {
  const { userId, product, required, done, now, requestId } = asked;
  const stored = await courseProgresses.find(tx, userId, product.id);
  if (stored === null) throw fail('course.not_finished');
  const before =
    stored.undoneAtMs !== null && asked.isOwned ? { ...stored, undoneAtMs: null, updatedAtMs: now } : stored;
  const { course, facts } = withFinished(before, done, { required, now });
  await courseProgresses.save(tx, stored, course);
  await tasks.append(tx, facts, { now, requestId });
  return course;
}

/** A number that no certificate has. Two digests have the same number about once in 10^15 times. */
async function freeNumber(tx: Tx, digestOf: (count: number) => string): Promise<string> {
  for (let count = 1; ; count += 1) {
    const number = numberOf(digestOf(count));
    if ((await tx.find(certificates.numbers, number)) === null) return number;
  }
}
