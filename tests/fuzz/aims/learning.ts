/** Aims for learning: lessons that are opened and played, quizzes, certificates, notes. */

import { getLesson } from '../../../functions/access/getLesson.ts';
import { grantAccessTo } from '../../../functions/admin/access/grantAccessTo.ts';
import { claimCertificate } from '../../../functions/learning/claimCertificate.ts';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as certificates from '../../../shared/data/learning/certificates.ts';
import * as courseProgresses from '../../../shared/data/learning/courseProgresses.ts';
import * as notes from '../../../shared/data/learning/notes.ts';
import * as quizzes from '../../../shared/data/learning/quizzes.ts';
import { linesOf } from '../../../shared/domain/catalogue/outline.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenFinished, givenQuiz, QUESTIONS, RIGHT } from '../../support/given/learning.ts';
import { givenStaff } from '../../support/given/staff.ts';
import type { Actor } from '../actors.ts';
import {
  type Aim,
  type Aiming,
  type Aims,
  learnersOf,
  newLearner,
  owned,
  productsIn,
  some,
  someAfter,
  withBody,
  withPath,
  withQuery,
} from './aim.ts';

/** A random trial lesson, and this learner, or a new one, who has opened it. */
async function opened(aiming: Aiming, reader: Actor | null = null) {
  const onSale = new Set(productsIn(aiming, 'published').map(({ id }) => id));
  const trials = aiming.stored
    .all(courses.collection)
    .filter(({ id }) => onSale.has(id))
    .flatMap(({ id: productId, chapters }) => linesOf(chapters).map((line) => ({ ...line, productId })))
    .filter(({ isTrial, isHidden }) => isTrial && !isHidden);
  const lesson = some(aiming, trials);
  if (lesson === null) return null;
  const actor = reader ?? (await newLearner(aiming));
  await aiming.world.call(getLesson, { id: lesson.id }, { token: String(actor.token) });
  return { actor, lesson };
}

const reportProgress: Aim = async (aiming) => {
  const found = await opened(aiming);
  if (found === null) return null;
  const body = { seen: [[0, 2]], positionSeconds: 10, playedAgoMs: 0, isAtEnd: false };
  return { actor: found.actor, input: withBody(withPath(aiming.input, { id: found.lesson.id }), body) };
};

const quizOf: (isTry: boolean) => Aim = (isTry) => async (aiming) => {
  const found = await opened(aiming);
  if (found === null) return null;
  const { actor, lesson } = found;
  if (!aiming.stored.all(quizzes.collection).some(({ id }) => id === lesson.id)) {
    await givenQuiz(aiming.world, lesson.productId, lesson.id);
  }
  const input = withPath(aiming.input, { id: lesson.id });
  const quiz = aiming.stored.all(quizzes.collection).find(({ id }) => id === lesson.id);
  return {
    actor,
    input: isTry ? withBody(input, { number: 1, version: quiz?.version ?? 1, answers: RIGHT }) : input,
  };
};

/** A new course with lessons of ten minutes, finished by somebody new to whom staff gave it. */
async function finished({ world }: Aiming): Promise<{ readonly actor: Actor; readonly productId: string }> {
  const { productId } = await givenCourse(world);
  const learner = await world.login(world.ports.ids.make('guest'));
  const given = { grantId: world.ports.ids.make('agr'), userId: learner.userId, productId };
  const asked = { ...given, access: { kind: 'forever' }, reason: '补偿' };
  await world.call(grantAccessTo, asked, await givenStaff(world, 'admin'));
  await givenFinished(world, learner, productId);
  return { actor: { name: learner.userId, role: 'learner', ...learner }, productId };
}

const claimed: Aim = async (aiming) => {
  const found = await finished(aiming);
  return { actor: found.actor, input: withPath(aiming.input, { id: found.productId }) };
};

/** The number of a certificate; one is claimed first where there is none. */
async function numberIn(aiming: Aiming): Promise<string | null> {
  const numbers = () => aiming.stored.all(certificates.collection).filter(({ state }) => state === 'issued');
  if (numbers().length === 0) {
    const found = await finished(aiming);
    const asked = { id: found.productId, name: '张三' };
    await aiming.world.call(claimCertificate, asked, { token: String(found.actor.token) });
  }
  return some(aiming, numbers())?.number ?? null;
}

const withNumber: Aim = async (aiming) => {
  const number = await numberIn(aiming);
  return number === null ? null : { input: withPath(aiming.input, { number }) };
};

const ofNote: Aim = async (aiming) => {
  const own = () => owned(aiming, aiming.stored.all(notes.collection));
  const found = await someAfter(aiming, own, 'createNote');
  return found && { actor: found.owner, input: withPath(aiming.input, { id: found.doc.id }) };
};

const ofQuiz: (isNew: boolean) => Aim = (isNew) => async (aiming) => {
  const outline = some(
    aiming,
    aiming.stored
      .all(courses.collection)
      .filter(({ chapters, draft }) => linesOf(draft ?? chapters).length > 0),
  );
  if (outline === null) return null;
  const line = some(aiming, linesOf(outline.draft ?? outline.chapters));
  if (line === null) return null;
  const find = () => aiming.stored.all(quizzes.collection).find(({ id }) => id === line.id);
  if (!isNew && find() === undefined) await givenQuiz(aiming.world, outline.id, line.id);
  const version = find()?.version ?? 0;
  const input = withPath(aiming.input, { id: outline.id, lessonId: line.id });
  if (isNew)
    return { input: withBody(input, { expectedVersion: version, questions: QUESTIONS, passBp: 6_000 }) };
  return { input };
};

/** The aims by operation. */
export const learningAims: Aims = {
  reportProgress,
  getQuiz: quizOf(false),
  tryQuiz: quizOf(true),
  getProgress: async (aiming) => {
    const found = await opened(aiming);
    return found && { actor: found.actor, input: withPath(aiming.input, { id: found.lesson.productId }) };
  },
  claimCertificate: claimed,
  verifyCertificate: withNumber,
  revokeCertificate: withNumber,
  createNote: async (aiming) => {
    const readers = learnersOf(aiming).filter(({ token }) => token !== null);
    const found = await opened(aiming, some(aiming, readers));
    const made = { id: aiming.world.ports.ids.make('nte'), lessonId: found?.lesson.id };
    return found && { actor: found.actor, input: withBody(aiming.input, made) };
  },
  updateNote: ofNote,
  removeNote: ofNote,
  putQuiz: ofQuiz(true),
  getAnyQuiz: ofQuiz(false),
  removeQuiz: async (aiming) => {
    const quiz = some(aiming, aiming.stored.all(quizzes.collection));
    if (quiz === null) return null;
    const input = withPath(aiming.input, { id: quiz.productId, lessonId: quiz.id });
    return { input: withQuery(input, { expectedVersion: quiz.version }) };
  },
  listLearners: (aiming) => {
    const begun = some(aiming, aiming.stored.all(courseProgresses.collection));
    return begun && { input: withPath(aiming.input, { productId: begun.productId }) };
  },
};
