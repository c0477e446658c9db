import fc from 'fast-check';
import type { CertificateView, CourseProgressView, QuizView } from '../../client/types.ts';
import {
  type CertificateModel,
  certificatePage,
  groupedNumber,
} from '../../miniprogram/model/certificate.ts';
import { courseWords, isNews, learnedWords, weekWords } from '../../miniprogram/model/learned.ts';
import { ready, unread } from '../../miniprogram/model/loaded.ts';
import { type Chosen, isAnswered, quizPage, withChoice } from '../../miniprogram/model/quiz.ts';
import { seed } from '../support/seeded.ts';

const NOW = new Date(2026, 10, 30, 12, 0).getTime();

describe('a quiz', () => {
  const tap = fc.record({ at: fc.nat(4), option: fc.nat(5) });

  test('whatever is tapped, a question for one answer has at most one, and several are in order and apart', () => {
    fc.assert(
      fc.property(fc.array(tap), (taps) => {
        const isSeveral = (at: number) => at % 2 === 1;
        const chosen = taps.reduce<Chosen>(
          (before, { at, option }) => withChoice(before, at, option, isSeveral(at)),
          [],
        );
        chosen.forEach((options, at) => {
          if (!isSeveral(at)) expect(options.length).toBeLessThanOrEqual(1);
          expect([...options].sort((a, b) => a - b)).toEqual([...new Set(options)]);
          const counted = taps.filter((one) => one.at === at);
          if (isSeveral(at)) {
            const odd = (option: number) => counted.filter((one) => one.option === option).length % 2 === 1;
            expect(options.every(odd)).toBe(true);
          } else if (counted.length > 0) expect(options).toEqual([counted.at(-1)?.option]);
        });
      }),
      { seed },
    );
  });

  const quiz: QuizView = {
    ...{ lessonId: 'les_1', version: 1, passBp: 6_000, nextNumber: 1, triesLeft: 5 },
    ...{ nextTryAtMs: null, isPassed: false },
    questions: [
      { kind: 'one', question: '甲？', options: ['是', '否'] },
      { kind: 'several', question: '乙？', options: ['一', '二', '三'] },
    ],
  };
  const model = { quiz: ready(quiz), chosen: [[0], [1, 2]], tried: null, isTrying: false, failure: null };

  test('is sent when every question has an answer, and tries are left', () => {
    expect(isAnswered(quiz, [[0]])).toBe(false);
    expect(quizPage(model, NOW)).toMatchObject({ mayTry: true, tries: '还可以提交 5 次' });
    expect(quizPage({ ...model, chosen: [[0], []] }, NOW).mayTry).toBe(false);
    const waits = { ...quiz, triesLeft: 0, nextTryAtMs: NOW + 3_600_000 };
    expect(quizPage({ ...model, quiz: ready(waits) }, NOW)).toMatchObject({
      mayTry: false,
      tries: '今天的次数已用完，11月30日 13:00 后可再试',
    });
    expect(quizPage({ ...model, quiz: ready({ ...quiz, isPassed: true }) }, NOW).mayTry).toBe(false);
  });
});

const progress: CourseProgressView = {
  ...{ productId: 'prd_1', lessonCount: 9, finishedCount: 3, progressBp: 3_333, finishedAtMs: null },
  lastLessonId: 'les_3',
  lessons: [{ lessonId: 'les_3', progressBp: 4_590, position: null, isFinished: false }],
};

describe('how much was learned', () => {
  test('is told in words', () => {
    expect(courseWords(progress)).toBe('已学完 3/9 节');
    expect(courseWords({ ...progress, lastLessonId: null })).toBe('');
    const [lesson] = progress.lessons;
    expect(learnedWords(lesson)).toBe('已学 45%');
    expect(learnedWords(lesson && { ...lesson, isFinished: true })).toBe('已学完');
    expect(learnedWords(undefined)).toBe('');
    const day = { day: '2026-11-30', seconds: 3_660, lessons: 1 };
    expect(weekWords({ week: [day, day], streak: { count: 2, best: 5 } })).toBe(
      '连续学习 2 天，近 7 天学了 122 分钟',
    );
    expect(weekWords({ week: [], streak: { count: 0, best: 0 } })).toBe('');
  });

  test('an answer is news once', () => {
    const answer = { lessonId: 'les_3', progressBp: 10_000, isFinished: false };
    expect(isNews(progress, answer)).toBe(true);
    const known = { lessons: [{ ...answer, position: null }] };
    expect(isNews(known, answer)).toBe(false);
    expect(isNews(known, { ...answer, isFinished: true })).toBe(true);
    expect(isNews(null, { ...answer, progressBp: 5_000 })).toBe(false);
  });
});

describe('a certificate', () => {
  const certificate: CertificateView = {
    ...{ productId: 'prd_1', number: 'ZK0123456789', name: '林小满', title: '一门课', lessons: 9 },
    ...{ finishedAtMs: NOW, state: 'issued', issuedAtMs: NOW },
    review: {
      ...{ target: 'certificate:usr_1:prd_1', state: 'public', version: 1, isShown: true },
      ...{
        isHidden: false,
        ...{ sinceAtMs: 0, takenBy: null, label: null, isAppealed: false },
        appealUntilMs: null,
      },
    },
  };
  const model: CertificateModel = {
    ...{ courseId: 'prd_1', own: unread, progress: unread, verified: unread },
    ...{ name: '', isAsking: false, failure: null },
  };

  test('is asked for when the course is finished and there is none', () => {
    const none = { ...model, own: ready({ certificate: null }) };
    expect(certificatePage(none, NOW)).toMatchObject({
      line: { kind: 'loading' },
      mayClaim: false,
      missing: '',
    });
    expect(certificatePage({ ...none, progress: ready(progress) }, NOW)).toMatchObject({
      ...{ line: null, mayClaim: false, missing: '已学完 3/9 节' },
    });
    const done = ready({ ...progress, finishedAtMs: NOW });
    expect(certificatePage({ ...none, progress: done }, NOW)).toMatchObject({ mayClaim: true, missing: '' });
  });

  test('says where its name stands, and asks for another one when it did not pass', () => {
    const standing = (state: 'checking' | 'rejected', appealUntilMs: number | null) => {
      const review = { ...certificate.review, state, isShown: false, appealUntilMs };
      return certificatePage({ ...model, own: ready({ certificate: { ...certificate, review } }) }, NOW);
    };
    expect(certificatePage({ ...model, own: ready({ certificate }) }, NOW)).toMatchObject({
      ...{ note: null, mayRename: false },
    });
    expect(standing('checking', null)).toMatchObject({
      ...{ note: { state: '审核中', mayAppeal: false }, mayRename: false },
    });
    expect(standing('rejected', NOW + 1)).toMatchObject({
      ...{ note: { state: '未通过', mayAppeal: true }, mayRename: true },
    });
    expect(standing('rejected', NOW).note).toMatchObject({ mayAppeal: false });
  });

  test('is drawn with its number, and says when it was revoked', () => {
    expect(groupedNumber('ZK0123456789')).toBe('ZK 01234 56789');
    const own = ready({ certificate });
    expect(certificatePage({ ...model, own }, NOW)).toMatchObject({
      ...{ isOwn: true, mayClaim: false },
      paper: { name: '林小满', day: '2026年11月30日', number: 'ZK 01234 56789', isRevoked: false },
    });
    const revoked = ready({ certificate: { ...certificate, state: 'revoked' as const } });
    expect(certificatePage({ ...model, own: revoked }, NOW).paper?.isRevoked).toBe(true);
    const { name: _, productId: __, issuedAtMs: ___, ...shown } = certificate;
    const verified = ready({ ...shown, nameMasked: '林*满' });
    expect(certificatePage({ ...model, courseId: '', verified }, NOW)).toMatchObject({
      ...{ isOwn: false, line: null },
      paper: { name: '林*满' },
    });
  });
});
