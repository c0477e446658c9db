/** Lessons, e-books, reports and articles that are read: from where one was, in letters of one's own size. */
import type { PhoneEvent, TapEvent } from '../../../local/phone/platform.ts';
import type { Failure } from '../../model/failure.ts';
import { isNews } from '../../model/learned.ts';
import { type Step, stepsOf } from '../../model/lessons.ts';
import { unread } from '../../model/loaded.ts';
import { scrollToResume } from '../../model/places.ts';
import { isSettled } from '../../model/quiz.ts';
import {
  doesFileEndRefund,
  LETTERS,
  type LetterSize,
  type ReaderModel,
  type ReaderView,
  readerView,
  sizeOfLetters,
  type Text,
} from '../../model/reader.ts';
import { buyRoutes, routes, studyRoutes } from '../../model/routes.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go, goInstead } from '../../wx/go.ts';
import { isWaiting, onReported, reachEnd, report } from '../../wx/heard.ts';
import { page, type Self } from '../../wx/page.ts';
import { choose, chosen, keepPlace, placeIn } from '../../wx/places.ts';
import { session } from '../../wx/session.ts';
import { cached } from '../../wx/store.ts';
import { openFile } from '../file.ts';
import { openAsOwner } from '../open.ts';

interface Model extends ReaderModel {
  /** How far the page is scrolled, in px, and how far it was when that was kept. */
  readonly top: number;
  readonly keptTop: number;
  readonly stopListening: (() => void) | null;
  /** What asks again whether the end counts; null for nothing. */
  readonly timer: number | null;
}

/** What the template reads. */
export type View = ReaderView;

type Own = Self<Model>;

const COURSE_KEPT_MS = 60_000;
/** How far may be scrolled before that is kept, in px. */
const KEEP_PX = 200;
/** How long until an end is reported again that did not count yet. */
const AGAIN_MS = 30_000;

function keep(self: Own): void {
  const { id, top, size, text } = self.model;
  if (text.value === null) return;
  keepPlace(id, top, LETTERS[size]);
  self.set({ keptTop: top });
}

function readCourse(self: Own): Promise<unknown> {
  const { courseId } = self.model;
  return self.read(
    'course',
    cached(`study:${courseId}`, COURSE_KEPT_MS, () => client.getCourse({ id: courseId })),
  );
}

async function ask({ model: { courseId, id } }: Own): Promise<Text> {
  if (courseId === '') {
    const { title, body, hasFile } = await openAsOwner(() => client.getContent({ productId: id }));
    return { title, body, hasFile, hasQuiz: false };
  }
  const { title, body, mediaUrl, hasQuiz } = await openAsOwner(() => client.getLesson({ id }));
  if (mediaUrl === null) return { title, body, hasFile: false, hasQuiz };
  await goInstead(studyRoutes.player(courseId, id));
  return new Promise<never>(() => undefined);
}

/** Reads the text, and scrolls to where one was. What is kept is shown meanwhile, also without a network. */
async function read(self: Own): Promise<void> {
  const { id, size } = self.model;
  await self.read(
    'text',
    cached(`text:${id}`, 0, () => ask(self)),
  );
  const top = scrollToResume(placeIn(id), LETTERS[size]);
  if (self.isGone || self.model.text.value === null || top === self.model.top) return;
  await wx.pageScrollTo({ scrollTop: top, duration: 0 });
}

/** How far somebody is. Nobody who is not logged in is anywhere. */
async function readProgress(self: Own): Promise<void> {
  const { courseId } = self.model;
  if (courseId !== '' && session() !== null) {
    await self.read('progress', () => client.getProgress({ id: courseId }));
  }
}

/** The end counts when there was time to read, so it is reported until it does. */
async function end(self: Own): Promise<void> {
  const { courseId, id, text, progress, timer } = self.model;
  const isKnown = progress.value?.lessons.some((one) => one.lessonId === id && one.isFinished) === true;
  if (courseId === '' || text.value === null || text.failure !== null || isKnown || timer !== null) return;
  await reachEnd(id);
  again(self);
}

function again(self: Own): void {
  const { id } = self.model;
  if (self.isGone || self.model.timer !== null || !isWaiting(id)) return;
  const timer = setTimeout(() => {
    self.set({ timer: null });
    if (self.model.id === id) void report(id).then(() => again(self));
  }, AGAIN_MS);
  self.set({ timer });
}

function rest(self: Own): void {
  const { timer } = self.model;
  if (timer !== null) clearTimeout(timer);
  self.set({ timer: null });
}

async function load(self: Own): Promise<void> {
  self.set({ isGuest: session() === null });
  const { courseId, id } = self.model;
  await Promise.all([
    courseId === '' ? self.read('product', () => client.getProduct({ id })) : readCourse(self),
    read(self).then(() => readQuiz(self)),
    readProgress(self),
  ]);
  self.set({ isGuest: session() === null });
}

/** The quiz of a lesson that has one. Only who is logged in may take it. */
async function readQuiz(self: Own): Promise<void> {
  const { id, text, quiz } = self.model;
  if (text.value?.hasQuiz !== true || session() === null || text.failure !== null || isSettled(quiz)) return;
  await self.read('quiz', () => client.getQuiz({ id }));
}

function turnTo(self: Own, id: string): Promise<void> {
  keep(self);
  rest(self);
  self.set({ id, quiz: unread, text: unread, top: 0, keptTop: 0, isOutlineOpen: false });
  return read(self).then(() => readQuiz(self));
}

function step(self: Own, to: Step | null): Promise<unknown> | undefined {
  if (to === null) return undefined;
  return to.isText ? turnTo(self, to.id) : goInstead(studyRoutes.player(self.model.courseId, to.id));
}

const stepsFrom = ({ course, id }: Model) => (course.value === null ? null : stepsOf(course.value, id));

async function mayFetch(self: Own): Promise<boolean> {
  if (!doesFileEndRefund(self.model)) return true;
  const asked = { title: '下载文件？', content: '下载后，退款须由客服审核。' };
  return (await wx.showModal({ ...asked, confirmText: '下载' })).confirm;
}

async function fetched(self: Own): Promise<Failure | null> {
  try {
    const { fileUrl } = await client.getContent({ productId: self.model.id, file: 'true' });
    return fileUrl === null ? null : await openFile(fileUrl);
  } catch (caught) {
    return failureOf(caught);
  }
}

const own = page({
  model: (): Model => ({
    ...{ courseId: '', id: '', course: unread, product: unread, text: unread, size: 'normal' },
    ...{ isFetching: false, wrong: null, isOutlineOpen: false, isGuest: false, top: 0, keptTop: 0 },
    ...{ progress: unread, quiz: unread, stopListening: null, timer: null },
  }),
  view: readerView,
  open: (self) => {
    const { course = '', id = '', product = '' } = self.query;
    const size = sizeOfLetters(chosen('letters', LETTERS.normal));
    self.set({ courseId: course, id: course === '' ? product : id, size });
  },
  load,
  // It may have been bought meanwhile.
  again: (self) =>
    self.model.text.failure === null ? Promise.all([readProgress(self), readQuiz(self)]) : load(self),
  seen: (self) => {
    self.model.stopListening?.();
    self.set({
      stopListening: onReported(
        (answer) => void (isNews(self.model.progress.value, answer) && readProgress(self)),
      ),
    });
    again(self);
  },
  left: (self) => {
    keep(self);
    rest(self);
    if (self.isGone) self.model.stopListening?.();
  },
  more: end,
  scrolled: (self, top) => {
    self.set({ top });
    if (Math.abs(top - self.model.keptTop) >= KEEP_PX) keep(self);
  },
  share: ({ model: { courseId, id, text } }) => ({
    title: text.value?.title ?? '知课',
    path: courseId === '' ? routes.detail(id, 'content') : studyRoutes.reader(courseId, id),
  }),
  on: {
    setSize: (self, { currentTarget }: TapEvent<{ readonly size: LetterSize }>) => {
      const { size } = currentTarget.dataset;
      choose('letters', LETTERS[size]);
      self.set({ size });
    },
    fetchFile: async (self) => {
      if (self.model.isFetching || !(await mayFetch(self))) return;
      self.set({ isFetching: true, wrong: null });
      self.set({ wrong: await fetched(self), isFetching: false });
    },
    previous: (self) => step(self, stepsFrom(self.model)?.previous ?? null),
    next: async (self) => {
      await end(self);
      return step(self, stepsFrom(self.model)?.next ?? null);
    },
    end,
    toQuiz: ({ model: { courseId, id } }) => go(studyRoutes.quiz(courseId, id)),
    toNotes: ({ model }) => go(studyRoutes.notes(model.id, 0)),
    toCertificate: ({ model: { courseId } }) => go(studyRoutes.certificate(courseId)),
    toggleOutline: (self) => self.set({ isOutlineOpen: !self.model.isOutlineOpen }),
    turn: (self, { detail }: PhoneEvent<{ readonly id: string; readonly isText: boolean }>) =>
      detail.isText ? turnTo(self, detail.id) : goInstead(studyRoutes.player(self.model.courseId, detail.id)),
    readCourse,
    buy: ({ model: { courseId, id } }) => go(buyRoutes.checkout([courseId === '' ? id : courseId])),
    toDetail: ({ model: { courseId, id } }) =>
      go(courseId === '' ? routes.detail(id, 'content') : routes.detail(courseId, 'course')),
    toLogin: () => go(routes.login),
    toList: () => go(routes.list),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
