/** The quizzes of the seeded catalogue. */
import type { Quiz } from '../../shared/schemas/learning/quiz.ts';

/** A quiz: the title of its course, the number of its lesson in the course, from 1, and its questions. */
export interface SeedQuiz {
  readonly course: string;
  readonly lesson: number;
  readonly questions: Quiz['questions'];
}

/** The free course ends with a quiz, so anybody can get its certificate. */
export const seedQuizzes: readonly SeedQuiz[] = [
  {
    course: '如何学习：把知识变成自己的',
    lesson: 4,
    questions: [
      {
        kind: 'one',
        question: '划线和重读为什么效果不好？',
        options: ['看得太慢', '熟悉不等于记住', '书太厚', '没有做笔记'],
        key: [1],
      },
      {
        kind: 'several',
        question: '下面哪些是本课讲过的方法？',
        options: ['间隔', '提取', '熬夜', '输出'],
        key: [0, 1, 3],
      },
      {
        kind: 'true_false',
        question: '合上书再想一遍，比再读一遍记得更牢。',
        options: ['对', '错'],
        key: [0],
      },
    ],
  },
];
