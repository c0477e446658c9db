/** Lessons, sounds and films that are played: from where one was, with a link that is asked for anew when it ends. */
import type { PhoneEvent, SliderEvent, TapEvent, VideoTimeEvent } from '../../../local/phone/platform.ts';
import { isNews } from '../../model/learned.ts';
import { isText, lessonToResume, type Step, stepsOf } from '../../model/lessons.ts';
import { unread } from '../../model/loaded.ts';
import { FILM_SPEEDS, isSound, mayRenew, SOUND_SPEEDS, speedAmong } from '../../model/media.ts';
import { type Film, type PlayerModel, type PlayerView, playerView } from '../../model/player.ts';
import { isSettled } from '../../model/quiz.ts';
import { buyRoutes, routes, studyRoutes } from '../../model/routes.ts';
import { client } from '../../wx/client.ts';
import { go, goInstead } from '../../wx/go.ts';
import { hear, onReported, report } from '../../wx/heard.ts';
import { page, type Self } from '../../wx/page.ts';
import { choose, chosen, keepPlace, places } from '../../wx/places.ts';
import { session } from '../../wx/session.ts';
import {
  onSound,
  playSound,
  type SoundEvent,
  type SoundNow,
  seekSound,
  soundNow,
  speedSound,
  stopSound,
  toggleSound,
} from '../../wx/sound.ts';
import { cached } from '../../wx/store.ts';
import { type Beginning, filmOf, linkedLesson, linkedMedia, openAsOwner } from '../open.ts';

interface Model extends PlayerModel {
  /** Whether the link was asked for because another one broke, and has not played since. */
  readonly isSecond: boolean;
  /** Where the place was kept last, in seconds. */
  readonly keptAt: number;
  readonly stopListening: (() => void)[];
}

/** What the template reads. */
export type View = PlayerView;

type Own = Self<Model>;

const VIDEO_ID = 'film';
const COURSE_KEPT_MS = 60_000;
/** How much may be played again when the phone goes out, in seconds. */
const KEEP_SECONDS = 5;

const film = () => wx.createVideoContext(VIDEO_ID);

const hears = ({ film: { value } }: Model) => value !== null && isSound(value.url);

function keep(self: Own): void {
  const { id, seconds, lengthSeconds, film: now } = self.model;
  if (now.value?.id !== id || hears(self.model)) return;
  keepPlace(id, seconds, lengthSeconds || now.value.lengthSeconds);
  self.set({ keptAt: seconds });
}

function readCourse(self: Own): Promise<unknown> {
  const { courseId } = self.model;
  return self.read(
    'course',
    cached(`study:${courseId}`, COURSE_KEPT_MS, () => client.getCourse({ id: courseId })),
  );
}

/** How far somebody is. Nobody who is not logged in is anywhere. */
async function readProgress(self: Own): Promise<void> {
  const { courseId } = self.model;
  if (courseId !== '' && session() !== null) {
    await self.read('progress', () => client.getProgress({ id: courseId }));
  }
}

/** The player is here now. A film of its own is no lesson, so nothing is reported of it. */
function hearHere(
  { model: { courseId, id, speed } }: Own,
  at: { seconds: number; length: number; starts: boolean },
) {
  const { seconds, length: lengthSeconds, starts: isStarting } = at;
  if (courseId === '') return;
  hear(id, { seconds, lengthSeconds, speed: speedAmong(FILM_SPEEDS, speed), nowMs: Date.now(), isStarting });
}

async function ask(self: Own, begins: Beginning): Promise<Film> {
  const { courseId, id, progress } = self.model;
  if (courseId === '') {
    return filmOf(
      linkedMedia(await openAsOwner(() => client.getMedia({ productId: id }))),
      begins,
      undefined,
    );
  }
  const [lesson] = await Promise.all([
    openAsOwner(() => client.getLesson({ id })),
    progress.value === null && readProgress(self),
  ]);
  const linked = linkedLesson(lesson);
  const known = self.model.progress.value?.lessons.find(({ lessonId }) => lessonId === id);
  if (linked !== null) return filmOf(linked, begins, known);
  await goInstead(studyRoutes.reader(courseId, id));
  return new Promise<never>(() => undefined);
}

/** The quiz of a lesson that has one. Only who is logged in may take it. */
async function readQuiz(self: Own): Promise<void> {
  const { film: now, id, quiz } = self.model;
  if (now.value?.hasQuiz !== true || session() === null || isSettled(quiz)) return;
  await self.read('quiz', () => client.getQuiz({ id }));
}

/** What is played now of this page's sound. */
function take(self: Own, { isPlaying, seconds, length }: SoundNow): void {
  self.set({ isPlaying, seconds, lengthSeconds: length });
}

function startSound(self: Own, { url, title, id }: Film, seconds: number): void {
  const { course, product, speed } = self.model;
  const of = course.value ?? product.value;
  const track = {
    id,
    url,
    title,
    of: of?.title ?? title,
    teacher: of?.teacher ?? '',
    coverUrl: of?.coverUrl ?? '',
    isLesson: self.model.courseId !== '',
  };
  playSound(track, seconds, speedAmong(SOUND_SPEEDS, speed));
  self.set({ isPlaying: true, seconds, isBroken: false });
}

async function read(self: Own, begins: Beginning): Promise<void> {
  await self.read('film', () => ask(self, begins));
  const { value } = self.model.film;
  if (self.isGone || value === null || self.model.film.failure !== null) return;
  const playing = soundNow();
  self.set({
    seconds: value.startAt,
    lengthSeconds: value.lengthSeconds,
    keptAt: value.startAt,
    isBroken: false,
  });
  if (isSound(value.url)) {
    if (playing?.id === value.id && begins.startAt === null) take(self, playing);
    else if (begins.isStarting) startSound(self, value, value.startAt);
  }
  await readQuiz(self);
}

/** Opens a lesson of the same course on the same page. */
function turnTo(self: Own, id: string, isStarting: boolean): Promise<void> {
  keep(self);
  self.set({
    id,
    quiz: unread,
    film: unread,
    isPlaying: false,
    isSecond: false,
    isBroken: false,
    isOutlineOpen: false,
  });
  return read(self, { startAt: null, isStarting });
}

function step(self: Own, to: Step | null, isStarting: boolean): Promise<unknown> | undefined {
  if (to === null) return undefined;
  if (to.isText) return goInstead(studyRoutes.reader(self.model.courseId, to.id));
  return turnTo(self, to.id, isStarting);
}

const stepsFrom = ({ course, id }: Model) => (course.value === null ? null : stepsOf(course.value, id));

/** The lesson to go on with, of a course that was opened without one. */
async function pick(self: Own): Promise<boolean> {
  await Promise.all([readCourse(self), readProgress(self)]);
  const { course, courseId, progress } = self.model;
  if (course.value === null) return false;
  const lesson = lessonToResume(course.value, places(), progress.value?.lastLessonId);
  if (lesson === null || isText(lesson)) {
    await goInstead(
      lesson === null ? routes.detail(courseId, 'course') : studyRoutes.reader(courseId, lesson.id),
    );
    return false;
  }
  self.set({ id: lesson.id });
  return true;
}

async function load(self: Own): Promise<void> {
  self.set({ isGuest: session() === null, speed: chosen('speed', 1) });
  const { courseId, id } = self.model;
  if (courseId !== '' && id === '' && !(await pick(self))) return;
  const begins = { startAt: self.model.film.value === null ? null : self.model.seconds, isStarting: false };
  await Promise.all([
    courseId === ''
      ? self.read('product', () => client.getProduct({ id }))
      : self.model.course.value === null && readCourse(self),
    read(self, begins),
  ]);
  self.set({ isGuest: session() === null });
}

/** Asks for a new link, and goes on at the same second. */
function renew(self: Own): Promise<void> {
  self.set({ isSecond: true });
  return read(self, { startAt: self.model.seconds, isStarting: true });
}

function breaks(self: Own): Promise<void> | undefined {
  const { film: now, isSecond } = self.model;
  if (now.value === null || now.isLoading) return undefined;
  if (mayRenew({ untilAtMs: now.value.untilAtMs, isSecond }, Date.now())) return renew(self);
  self.set({ isBroken: true, isPlaying: false });
  return undefined;
}

function ended(self: Own): Promise<unknown> | undefined {
  const next = stepsFrom(self.model)?.next ?? null;
  self.set({ isPlaying: false });
  return next?.isOpen === true ? step(self, next, true) : undefined;
}

function heard(self: Own, event: SoundEvent, now: SoundNow): void {
  if (now.id !== self.model.id || !hears(self.model)) return;
  take(self, now);
  if (event === 'broken') void breaks(self);
  else if (event === 'ended') void ended(self);
  else if (now.isPlaying && now.seconds > (self.model.film.value?.startAt ?? 0))
    self.set({ isSecond: false });
}

function toggle(self: Own): unknown {
  const { film: now, id, seconds } = self.model;
  if (now.value === null) return undefined;
  if (soundNow()?.id === id) return toggleSound();
  if (now.value.untilAtMs <= Date.now()) return renew(self);
  return startSound(self, now.value, seconds);
}

const own = page({
  model: (): Model => ({
    ...{ courseId: '', id: '', course: unread, product: unread, film: unread },
    ...{
      seconds: 0,
      lengthSeconds: 0,
      keptAt: 0,
      speed: 1,
      stopListening: [],
      progress: unread,
      quiz: unread,
    },
    ...{ isPlaying: false, isBroken: false, isSecond: false, isOutlineOpen: false, isGuest: false },
  }),
  view: playerView,
  open: (self) => {
    const { course = '', id = '', product = '' } = self.query;
    self.set({ courseId: course, id: course === '' ? product : id });
  },
  load,
  // It may have been bought meanwhile.
  again: (self) =>
    self.model.film.failure === null ? Promise.all([readProgress(self), readQuiz(self)]) : load(self),
  seen: (self) => {
    for (const stop of self.model.stopListening) stop();
    self.set({
      stopListening: [
        onSound((event, now) => heard(self, event, now)),
        onReported((answer) => void (isNews(self.model.progress.value, answer) && readProgress(self))),
      ],
    });
    const now = soundNow();
    if (now !== null && now.id === self.model.id && hears(self.model)) take(self, now);
  },
  left: (self) => {
    if (self.model.film.value !== null && !hears(self.model)) {
      keep(self);
      if (self.model.courseId !== '') void report(self.model.id);
      if (!self.isGone) film().pause();
    }
    if (self.isGone) for (const stop of self.model.stopListening) stop();
  },
  share: ({ model: { courseId, id, film: now, course, product } }) => ({
    title: now.value?.title ?? course.value?.title ?? product.value?.title ?? '知课',
    path: courseId === '' ? routes.detail(id, 'media') : studyRoutes.player(courseId, id),
  }),
  on: {
    plays: (self) => {
      const { value } = self.model.film;
      stopSound();
      self.set({ isPlaying: true, isBroken: false });
      const { seconds, lengthSeconds } = self.model;
      hearHere(self, { seconds, length: lengthSeconds, starts: true });
      const speed = speedAmong(FILM_SPEEDS, self.model.speed);
      if (speed !== 1) film().playbackRate(speed);
      if (value !== null && value.untilAtMs <= Date.now()) void renew(self);
    },
    pauses: (self) => {
      self.set({ isPlaying: false });
      keep(self);
      if (self.model.courseId !== '') void report(self.model.id);
    },
    moves: (self, { detail }: VideoTimeEvent) => {
      const { keptAt, film: now } = self.model;
      const seconds = detail.currentTime;
      hearHere(self, { seconds, length: detail.duration, starts: false });
      const isOn = seconds > (now.value?.startAt ?? 0);
      self.set({ seconds, lengthSeconds: detail.duration, ...(isOn && { isSecond: false }) });
      if (Math.abs(seconds - keptAt) >= KEEP_SECONDS) keep(self);
    },
    ends: async (self) => {
      self.set({ seconds: self.model.lengthSeconds });
      keep(self);
      if (self.model.courseId !== '') await report(self.model.id);
      return ended(self);
    },
    breaks,
    renew,
    toggle,
    seek: (self, { detail }: SliderEvent) => {
      self.set({ seconds: detail.value });
      if (soundNow()?.id === self.model.id) seekSound(detail.value);
      else keepPlace(self.model.id, detail.value, self.model.lengthSeconds);
    },
    setSpeed: (self, { currentTarget }: TapEvent<{ readonly speed: number }>) => {
      const { speed } = currentTarget.dataset;
      choose('speed', speed);
      self.set({ speed });
      if (hears(self.model)) speedSound(speed);
      else film().playbackRate(speed);
    },
    previous: (self) => step(self, stepsFrom(self.model)?.previous ?? null, true),
    next: (self) => step(self, stepsFrom(self.model)?.next ?? null, true),
    toggleOutline: (self) => self.set({ isOutlineOpen: !self.model.isOutlineOpen }),
    turn: (self, { detail }: PhoneEvent<{ readonly id: string; readonly isText: boolean }>) => {
      if (detail.isText) return goInstead(studyRoutes.reader(self.model.courseId, detail.id));
      return turnTo(self, detail.id, true);
    },
    readCourse,
    toQuiz: ({ model: { courseId, id } }) => go(studyRoutes.quiz(courseId, id)),
    toNotes: ({ model }) => go(studyRoutes.notes(model.id, model.seconds)),
    toCertificate: ({ model: { courseId } }) => go(studyRoutes.certificate(courseId)),
    buy: ({ model: { courseId, id } }) => go(buyRoutes.checkout([courseId === '' ? id : courseId])),
    toDetail: ({ model: { courseId, id } }) =>
      go(courseId === '' ? routes.detail(id, 'media') : routes.detail(courseId, 'course')),
    toLogin: () => go(routes.login),
    toList: () => go(routes.list),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
