/** The quiz of a lesson. It says how many answers were right, and not which. */
import type { TapEvent } from '../../../local/phone/platform.ts';
import { ready, unread } from '../../model/loaded.ts';
import { type QuizModel, type QuizPage, quizPage, withChoice } from '../../model/quiz.ts';

import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { back } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

/** What the template reads. */
export type View = QuizPage;

type Own = Self<QuizModel>;

const read = (self: Own) => self.read('quiz', () => client.getQuiz({ id: self.query.id ?? '' }));

async function submit(self: Own): Promise<void> {
  const { quiz, chosen, isTrying } = self.model;
  const { value } = quiz;
  if (value === null || isTrying) return;
  self.set({ isTrying: true, failure: null });
  try {
    const { nextNumber: number, version, lessonId: id } = value;
    const tried = await client.tryQuiz({ id, number, version, answers: chosen });
    const { nextNumber, triesLeft, nextTryAtMs, isPassed } = tried;
    self.set({
      ...{ tried, isTrying: false, chosen: tried.isThisPassed ? chosen : [] },
      quiz: ready({ ...value, nextNumber, triesLeft, nextTryAtMs, isPassed }),
    });
    await wx.pageScrollTo({ scrollTop: 0 });
  } catch (caught) {
    const failure = failureOf(caught);
    self.set({ isTrying: false, failure });
    // Another device tried meanwhile, or the questions are others now.
    if (failure.code === 'quiz.try_taken' || failure.code === 'quiz.version_changed') await read(self);
  }
}

const own = page({
  model: (): QuizModel => ({ quiz: unread, chosen: [], tried: null, isTrying: false, failure: null }),
  view: quizPage,
  load: read,
  on: {
    choose: (self, { currentTarget }: TapEvent<{ readonly at: number; readonly option: number }>) => {
      const { at, option } = currentTarget.dataset;
      const { quiz, chosen, tried } = self.model;
      const isSeveral = quiz.value?.questions[at]?.kind === 'several';
      if (quiz.value?.isPassed === true) return;
      self.set({
        chosen: withChoice(chosen, at, option, isSeveral),
        tried: tried?.isThisPassed === true ? tried : null,
      });
    },
    submit,
    leave: back,
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
