/** The page on which lessons, sounds and films are played. */
import type { CourseProgressView, CourseView, ProductView, QuizView } from '../../client/types.ts';
import { dotted } from './card.ts';
import type { Failure } from './failure.ts';
import { courseWords } from './learned.ts';
import { type Step, stepsOf } from './lessons.ts';
import type { Loaded } from './loaded.ts';
import { clockOf, FILM_SPEEDS, isSound, SOUND_SPEEDS, speedAmong } from './media.ts';
import { type ChapterView, outlineOf } from './outline.ts';
import { type PriceView, priceOf } from './price.ts';
import { failureLine, leadOn, type StateLine, stateLineOf } from './stateLine.ts';

/** Something with a link, as it was opened. */
export interface Film {
  /** The id of the lesson or product. */
  readonly id: string;
  readonly title: string;
  /** What is to be read beside it, in Markdown; empty for nothing. */
  readonly body: string;
  /** Zero when it is not known. */
  readonly lengthSeconds: number;
  readonly url: string;
  /** When the link ends, in milliseconds since 1970. */
  readonly untilAtMs: number;
  /** Whether it is a lesson with a quiz. */
  readonly hasQuiz: boolean;
  /** The second at which it begins. */
  readonly startAt: number;
  /** Whether it begins by itself. */
  readonly isStarting: boolean;
}

/** What the page knows. */
export interface PlayerModel {
  /** Empty for a product of its own. */
  readonly courseId: string;
  /** The lesson, or the product of its own; empty until it is known. */
  readonly id: string;
  readonly course: Loaded<CourseView>;
  readonly product: Loaded<ProductView>;
  readonly film: Loaded<Film>;
  readonly progress: Loaded<CourseProgressView>;
  /** The quiz of a lesson that has one. */
  readonly quiz: Loaded<QuizView>;
  /** Where the film or sound is now. */
  readonly seconds: number;
  readonly lengthSeconds: number;
  readonly isPlaying: boolean;
  /** Whether it did not play although its link was asked for anew. */
  readonly isBroken: boolean;
  readonly speed: number;
  readonly isOutlineOpen: boolean;
  /** Whether nobody is logged in, so that what was bought cannot be seen. */
  readonly isGuest: boolean;
}

/** A choice of speed. */
export interface SpeedView {
  readonly speed: number;
  readonly text: string;
  readonly isOn: boolean;
}

/** Why it cannot be opened, and the ways on. */
export interface LockedView {
  readonly title: string;
  /** What it costs; null when that is not known. */
  readonly price: PriceView | null;
  readonly mayLogIn: boolean;
}

/** What is told of a film's box. */
export interface FilmView {
  readonly url: string;
  readonly title: string;
  readonly poster: string;
  readonly startAt: number;
  readonly isStarting: boolean;
}

/** What is told of a sound's box. */
export interface SoundView {
  readonly title: string;
  readonly coverUrl: string;
  readonly of: string;
  readonly isPlaying: boolean;
  readonly seconds: number;
  readonly length: number;
  readonly at: string;
  readonly end: string;
}

/** What the template reads. */
export interface PlayerView {
  readonly line: StateLine | null;
  readonly locked: LockedView | null;
  readonly film: FilmView | null;
  readonly sound: SoundView | null;
  readonly broken: StateLine | null;
  readonly title: string;
  readonly about: string;
  /** `已学完 3/9 节`; empty before anything was learned. */
  readonly learned: string;
  /** What leads to the quiz of the lesson; empty when it has none. */
  readonly quiz: string;
  /** Whether somebody may write notes. */
  readonly mayNote: boolean;
  /** The lesson whose comments are shown; empty for none. */
  readonly threadOf: string;
  /** Whether the whole course was learned, so that its certificate may be asked for. */
  readonly isFinished: boolean;
  /** `已从 03:12 继续`; empty when it began at the beginning. */
  readonly resumed: string;
  readonly speeds: readonly SpeedView[];
  readonly previous: Step | null;
  readonly next: Step | null;
  readonly hasOutline: boolean;
  readonly isOutlineOpen: boolean;
  readonly chapters: readonly ChapterView[];
  readonly outlineLine: StateLine | null;
  readonly body: string;
}

const BROKEN: Failure = {
  kind: 'later',
  code: 'media.broken',
  message: '播放失败，请检查网络后重试。',
  requestId: null,
};

/** Why somebody who does not own it cannot open it; null for any other failure. `of` is what is to be bought. */
export function lockedOf(
  failure: Failure | null,
  of: CourseView | ProductView | null,
  isGuest: boolean,
): LockedView | null {
  if (failure?.code !== 'lesson.not_owned' && failure?.code !== 'product.not_owned') return null;
  return { title: failure.message, price: of === null ? null : priceOf(of), mayLogIn: isGuest };
}

const speedsOf = (film: Film, chosen: number): readonly SpeedView[] => {
  const speeds = isSound(film.url) ? SOUND_SPEEDS : FILM_SPEEDS;
  const on = speedAmong(speeds, chosen);
  return speeds.map((speed) => ({ speed, text: `${speed}×`, isOn: speed === on }));
};

function soundView(model: PlayerModel, film: Film): SoundView {
  const { course, product, seconds, isPlaying } = model;
  const of = course.value ?? product.value;
  const length = Math.max(1, Math.round(model.lengthSeconds || film.lengthSeconds));
  const at = Math.min(Math.floor(seconds), length);
  return {
    title: film.title,
    coverUrl: of?.coverUrl ?? '',
    of: course.value?.title ?? '',
    isPlaying,
    seconds: at,
    length,
    at: clockOf(at),
    end: clockOf(length),
  };
}

/** What leads to a quiz; empty when there is none. */
export function quizWords(quiz: QuizView | null): string {
  if (quiz === null) return '';
  return quiz.isPassed ? '随堂测验，已通过' : '随堂测验';
}

/** The page. */
export function playerView(model: PlayerModel): PlayerView {
  const { film, course, product, progress, courseId, id, isGuest } = model;
  const locked = lockedOf(film.failure, course.value ?? product.value, isGuest);
  const shown = locked === null ? film.value : null;
  const isHeard = shown !== null && isSound(shown.url);
  const steps = course.value === null ? null : stepsOf(course.value, id);
  const asked = course.failure !== null && id === '' ? course : film;
  const { coverUrl, teacher = '' } = course.value ?? product.value ?? { coverUrl: '' };
  return {
    line: locked === null ? leadOn(stateLineOf<unknown>(asked), '去选课') : null,
    locked,
    film:
      shown === null || isHeard
        ? null
        : {
            ...{ url: shown.url, title: shown.title, poster: coverUrl },
            ...{ startAt: shown.startAt, isStarting: shown.isStarting },
          },
    sound: isHeard ? soundView(model, shown) : null,
    broken: model.isBroken ? failureLine(film.failure ?? BROKEN) : null,
    title: shown?.title ?? '',
    about: dotted([steps?.number ?? '', teacher]),
    learned: progress.value === null ? '' : courseWords(progress.value),
    quiz: quizWords(model.quiz.value),
    mayNote: shown !== null && courseId !== '' && !isGuest,
    threadOf: shown !== null && courseId !== '' ? id : '',
    isFinished: (progress.value?.finishedAtMs ?? null) !== null,
    resumed: shown !== null && shown.startAt > 0 ? `已从 ${clockOf(shown.startAt)} 继续` : '',
    speeds: shown === null ? [] : speedsOf(shown, model.speed),
    previous: steps?.previous ?? null,
    next: steps?.next ?? null,
    hasOutline: courseId !== '',
    isOutlineOpen: model.isOutlineOpen,
    chapters: course.value === null ? [] : outlineOf(course.value, id, progress.value),
    outlineLine: stateLineOf(course),
    body: shown?.body ?? '',
  };
}
