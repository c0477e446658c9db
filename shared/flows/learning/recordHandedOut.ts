import * as courseProgresses from '../../data/learning/courseProgresses.ts';
import * as learners from '../../data/learning/learners.ts';
import * as progresses from '../../data/learning/progresses.ts';
import { openedLast } from '../../domain/learning/courseProgress.ts';
import { CONTACT_MS, handOut, type Learnable } from '../../domain/learning/progress.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import { type Opening, openIn } from '../access/recordOpened.ts';

interface HandedOut {
  readonly userId: UserId;
  readonly lesson: Learnable;
  readonly now: TimeMs;
}

/** What is stored about this learner and lesson, and what is to be stored. */
async function handing(reader: Pick<Reader, 'find'>, asked: HandedOut) {
  const { userId, lesson, now } = asked;
  const { id: lessonId, productId } = lesson;
  const [progress, learner, course] = await Promise.all([
    progresses.find(reader, userId, lessonId),
    learners.find(reader, userId),
    courseProgresses.find(reader, userId, productId),
  ]);
  const last = openedLast(course, { userId, productId, lessonId, now });
  return {
    before: { progress, learner, course },
    after: { ...handOut({ progress, learner }, asked), course: last },
  };
}

/** What is known already is only peeked at, which costs no check and causes no conflict. */
async function handOutIn(tx: Tx, asked: HandedOut): Promise<void> {
  const { before, after } = await handing({ find: tx.peek.bind(tx) }, asked);
  const isKnown =
    before.progress === after.progress && before.learner === after.learner && before.course === after.course;
  if (isKnown) return;
  const found = await handing(tx, asked);
  await progresses.save(tx, found.before.progress, found.after.progress);
  await learners.save(tx, found.before.learner, found.after.learner);
  await courseProgresses.save(tx, found.before.course, found.after.course);
}

/**
 * Records that a lesson was handed out to a user, from when on it can have been played, and as the course's last one.
 * In the same transaction it is marked as opened, where `opening` says so.
 * Opening the same lesson again within ten minutes reads and writes nothing in this process, and writes nothing in
 * another one.
 * @throws the opening's `refusal` when they do not own it any more
 */
export async function recordHandedOut(
  ports: Pick<Ports, 'database' | 'memory'>,
  asked: HandedOut & { readonly opening: Opening | null },
): Promise<void> {
  const { userId, lesson, opening, now } = asked;
  const key = `handed out:${userId}`;
  const what = [lesson.id, ...(opening === null ? [] : ['opened', ...opening.access.through])].join();
  const write = async (): Promise<string> => {
    const isOpen = await ports.database.tx(async (tx) => {
      if (opening !== null && !(await openIn(tx, opening, now))) return false;
      await handOutIn(tx, asked);
      return true;
    });
    if (!isOpen && opening !== null) throw await opening.refusal();
    return what;
  };
  if ((await ports.memory.remember(key, CONTACT_MS, write)) === what) return;
  await ports.memory.forget(key);
  await ports.memory.remember(key, CONTACT_MS, write);
}
