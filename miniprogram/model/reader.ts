/** The page on which lessons, e-books, reports and articles are read. */
import type { CourseProgressView, CourseView, ProductView, QuizView } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { dotted } from './card.ts';
import type { Failure } from './failure.ts';
import { courseWords } from './learned.ts';
import { type Step, stepsOf } from './lessons.ts';
import type { Loaded } from './loaded.ts';
import { type ChapterView, outlineOf } from './outline.ts';
import { type LockedView, lockedOf, quizWords } from './player.ts';
import { failureLine, leadOn, type StateLine, stateLineOf } from './stateLine.ts';

/** A text as it was opened. */
export interface Text {
  readonly title: string;
  /** In Markdown. */
  readonly body: string;
  readonly hasFile: boolean;
  /** Whether it is a lesson with a quiz. */
  readonly hasQuiz: boolean;
}

/** How large letters may be. */
export type LetterSize = 'small' | 'normal' | 'large' | 'huge';

/** The sizes of letters in rpx, as the part `md` draws them. */
export const LETTERS: Readonly<Record<LetterSize, number>> = { small: 30, normal: 32, large: 38, huge: 46 };

const SIZES: readonly { readonly size: LetterSize; readonly text: string }[] = [
  { size: 'small', text: '小' },
  { size: 'normal', text: '标准' },
  { size: 'large', text: '大' },
  { size: 'huge', text: '特大' },
];

/** The size whose letters are so large, in rpx. */
export function sizeOfLetters(rpx: number): LetterSize {
  return SIZES.find(({ size }) => LETTERS[size] === rpx)?.size ?? 'normal';
}

/** What the page knows. */
export interface ReaderModel {
  /** Empty for a product of its own. */
  readonly courseId: string;
  /** The lesson, or the product of its own. */
  readonly id: string;
  readonly course: Loaded<CourseView>;
  readonly product: Loaded<ProductView>;
  readonly text: Loaded<Text>;
  readonly progress: Loaded<CourseProgressView>;
  /** The quiz of a lesson that has one. */
  readonly quiz: Loaded<QuizView>;
  readonly size: LetterSize;
  readonly isFetching: boolean;
  /** Why the file did not come. */
  readonly wrong: Failure | null;
  readonly isOutlineOpen: boolean;
  readonly isGuest: boolean;
}

/** What the template reads. */
export interface ReaderView {
  readonly line: StateLine | null;
  readonly locked: LockedView | null;
  readonly title: string;
  readonly about: string;
  readonly body: string;
  /** `已学完 3/9 节`; empty before anything was learned. */
  readonly learned: string;
  /** What leads to the quiz of the lesson; empty when it has none. */
  readonly quiz: string;
  /** Whether somebody may write notes. */
  readonly mayNote: boolean;
  /** The lesson whose comments are shown; empty for none. */
  readonly threadOf: string;
  /** Whether the end of the text is still to be told. */
  readonly mayEnd: boolean;
  /** Whether the whole course was learned, so that its certificate may be asked for. */
  readonly isFinished: boolean;
  readonly size: LetterSize;
  readonly sizes: readonly { readonly size: LetterSize; readonly text: string; readonly isOn: boolean }[];
  /** What the button of the file says; empty for no file. */
  readonly file: string;
  readonly isFetching: boolean;
  readonly wrong: StateLine | null;
  readonly isLesson: boolean;
  readonly previous: Step | null;
  readonly next: Step | null;
  readonly isOutlineOpen: boolean;
  readonly chapters: readonly ChapterView[];
  readonly outlineLine: StateLine | null;
}

/** Whether fetching the file changes whether money goes back. */
export function doesFileEndRefund({ product: { value } }: Pick<ReaderModel, 'product'>): boolean {
  return value === null || value.refundPolicy.isVoidAfterDownload;
}

function isLearned({ progress: { value }, id }: ReaderModel): boolean {
  return value?.lessons.some(({ lessonId, progressBp }) => lessonId === id && progressBp === 10_000) === true;
}

/** The page. */
export function readerView(model: ReaderModel): ReaderView {
  const { text, course, product, progress, courseId, id, isGuest, size, isFetching, wrong } = model;
  const locked = lockedOf(text.failure, course.value ?? product.value, isGuest);
  const shown = locked === null ? text.value : null;
  const steps = course.value === null ? null : stepsOf(course.value, id);
  const kind = product.value === null ? '' : words.productKind[product.value.kind];
  const teacher = (course.value ?? product.value)?.teacher ?? '';
  return {
    line: locked === null ? leadOn(stateLineOf(text), '去选课') : null,
    locked,
    title: shown?.title ?? '',
    about: dotted([steps?.number ?? kind, teacher]),
    body: shown?.body ?? '',
    learned: progress.value === null ? '' : courseWords(progress.value),
    quiz: quizWords(model.quiz.value),
    mayEnd: shown !== null && courseId !== '' && !isGuest && !isLearned(model),
    mayNote: shown !== null && courseId !== '' && !isGuest,
    threadOf: shown !== null && courseId !== '' ? id : '',
    isFinished: (progress.value?.finishedAtMs ?? null) !== null,
    size,
    sizes: SIZES.map((one) => ({ ...one, isOn: one.size === size })),
    file: shown?.hasFile === true ? (isFetching ? '正在下载' : '下载文件') : '',
    isFetching,
    wrong: wrong === null ? null : failureLine(wrong),
    isLesson: courseId !== '',
    previous: steps?.previous ?? null,
    next: steps?.next ?? null,
    isOutlineOpen: model.isOutlineOpen,
    chapters: course.value === null ? [] : outlineOf(course.value, id, progress.value),
    outlineLine: stateLineOf(course),
  };
}
