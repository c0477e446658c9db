/** The quiz of a lesson. */
import type { QuizView, TriedView } from '../../client/types.ts';
import { deviceTime } from './deviceTime.ts';
import type { Failure } from './failure.ts';
import type { Loaded } from './loaded.ts';
import { failureLine, type StateLine, stateLineOf } from './stateLine.ts';

/** The chosen options of each question, by their places from 0, in rising order. */
export type Chosen = readonly (readonly number[])[];

/** What the page knows. */
export interface QuizModel {
  readonly quiz: Loaded<QuizView>;
  readonly chosen: Chosen;
  readonly tried: TriedView | null;
  readonly isTrying: boolean;
  readonly failure: Failure | null;
}

/** A question with what was chosen. */
export interface QuestionView {
  readonly at: number;
  readonly title: string;
  readonly hint: string;
  readonly isSeveral: boolean;
  readonly options: readonly { readonly at: number; readonly text: string; readonly isOn: boolean }[];
}

/** What the template reads. */
export interface QuizPage {
  readonly line: StateLine | null;
  readonly questions: readonly QuestionView[];
  /** What came of the last try; empty before one. */
  readonly outcome: string;
  readonly isPassed: boolean;
  /** How often it may be tried, and when again. */
  readonly tries: string;
  readonly mayTry: boolean;
  readonly isTrying: boolean;
  readonly wrong: StateLine | null;
}

/** Whether nothing can be learned by asking for a quiz again: it was passed, or there is none. */
export function isSettled({ value, failure }: Loaded<QuizView>): boolean {
  return value?.isPassed === true || failure?.code === 'quiz.not_found';
}

const hints = { one: '单选', several: '多选', true_false: '判断' } as const;

/** What was chosen, with one option more or less. Where one option is right, another choice takes its place. */
export function withChoice(chosen: Chosen, at: number, option: number, isSeveral: boolean): Chosen {
  const before = chosen[at] ?? [];
  const next = !isSeveral
    ? [option]
    : before.includes(option)
      ? before.filter((one) => one !== option)
      : [...before, option].sort((a, b) => a - b);
  const length = Math.max(chosen.length, at + 1);
  return Array.from({ length }, (_, place) => (place === at ? next : (chosen[place] ?? [])));
}

/** Whether every question has an answer. */
export function isAnswered({ questions }: Pick<QuizView, 'questions'>, chosen: Chosen): boolean {
  return questions.every((_, at) => (chosen[at] ?? []).length > 0);
}

function triesWords({ isPassed, triesLeft, nextTryAtMs }: QuizView, nowMs: number): string {
  if (isPassed) return '';
  if (nextTryAtMs !== null) return `今天的次数已用完，${deviceTime(nextTryAtMs, nowMs)} 后可再试`;
  return `还可以提交 ${triesLeft} 次`;
}

function outcomeOf({ tried }: QuizModel): string {
  if (tried === null) return '';
  const counted = `${tried.questionCount} 题答对 ${tried.rightCount} 题`;
  return tried.isThisPassed ? `通过了，${counted}` : `没有通过，${counted}`;
}

/** The page. */
export function quizPage(model: QuizModel, nowMs: number): QuizPage {
  const { quiz, chosen, isTrying, failure } = model;
  const { value } = quiz;
  return {
    line: stateLineOf(quiz),
    questions: (value?.questions ?? []).map(({ kind, question, options }, at) => ({
      at,
      title: `${at + 1}. ${question}`,
      hint: hints[kind],
      isSeveral: kind === 'several',
      options: options.map((text, option) => ({
        at: option,
        text,
        isOn: chosen[at]?.includes(option) === true,
      })),
    })),
    outcome: outcomeOf(model),
    isPassed: value?.isPassed === true,
    tries: value === null ? '' : triesWords(value, nowMs),
    mayTry: value !== null && !value.isPassed && value.nextTryAtMs === null && isAnswered(value, chosen),
    isTrying,
    wrong: failure === null ? null : failureLine(failure),
  };
}
