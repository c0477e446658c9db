/** What a laptop sells besides courses: a few products of every other kind. */
import { ProductId } from '../../shared/schemas/base.ts';
import { ProductDraft } from '../../shared/schemas/catalogue/product.ts';
import { MEDIA_DOMAIN } from '../mediaDomain.ts';
import { seedUlid } from './seedUlid.ts';

/** The number of the first product that is not a course. The gap leaves room for more courses. */
const FIRST_NUMBER = 101;

/**
 * The id of the seeded product with this number, from 1: three plans, two texts, two recordings, a bundle, a column.
 */
export function seedProductId(number: number): ProductId {
  return ProductId.parse(`prd_${seedUlid(FIRST_NUMBER + number - 1)}`);
}

const courseId = (number: number) => `prd_${seedUlid(number)}`;
const forever = { kind: 'forever' } as const;
const platform = { kind: 'platform' } as const;

const reading = `# 把一件事讲清楚

多数说明文写不清楚，不是因为词句，而是因为作者还没有决定：读者读完之后要做什么。

## 先写最后一句
先写下你希望读者做的那一件事，再倒过来问：他要相信什么，才会去做？每一个答案是一段，每一段只回答一个问题。

## 删掉准备动作
删去“众所周知”“首先我们来看”。文章从第一句有内容的话开始。

## 练习
找一封你上周写的邮件，把最后一句移到最前面，看看还剩下多少是必要的。`;

const drafts = [
  {
    kind: 'membership',
    title: '知课会员·月卡',
    subtitle: '一个月内，会员专享内容随便看',
    category: 'membership',
    listFen: 2_800,
    plan: { period: 'month', scope: platform },
  },
  {
    kind: 'membership',
    title: '知课会员·季卡',
    subtitle: '三个月，折合每月 23 元',
    category: 'membership',
    listFen: 6_900,
    plan: { period: 'quarter', scope: platform },
  },
  {
    kind: 'membership',
    title: '知课会员·年卡',
    subtitle: '一整年，折合每月 16.5 元',
    category: 'membership',
    listFen: 19_800,
    plan: { period: 'year', scope: platform },
  },
  {
    kind: 'content',
    title: '把一件事讲清楚：写作小册',
    subtitle: '四千字，读完就能改一封邮件',
    category: 'writing',
    listFen: 990,
    isFreeForMembers: true,
    access: forever,
    content: {
      preview: '多数说明文写不清楚，是因为作者还没有决定读者要做什么。',
      body: reading,
      mediaKey: null,
    },
  },
  {
    kind: 'content',
    title: '2026 独立开发者收入报告',
    subtitle: '312 份问卷，48 页',
    category: 'business',
    listFen: 4_900,
    memberFen: 2_900,
    pointsPrice: 4_900,
    access: forever,
    content: {
      preview: '样本、口径与三个最出人意料的结论。',
      body: '正文见附件。阅读顺序建议：先看第 3 页的口径说明，再看第 12 页的分位数表。',
      mediaKey: 'reports/independent-developers-2026.pdf',
    },
  },
  {
    kind: 'media',
    title: '睡前十分钟：把今天放下',
    subtitle: '一段引导冥想的音频',
    category: 'mind',
    listFen: 600,
    isFreeForMembers: true,
    access: forever,
    content: { preview: '躺好，闭上眼睛。', mediaKey: 'audio/put-today-down.mp3', durationSeconds: 612 },
  },
  {
    kind: 'media',
    title: '公开课录像：一次真实的代码评审',
    subtitle: '七十分钟，未经剪辑',
    category: 'programming',
    listFen: 1_900,
    access: { kind: 'days', days: 90 },
    content: {
      preview: '评审一个三百行的合并请求。',
      mediaKey: 'video/code-review.mp4',
      durationSeconds: 4_215,
    },
  },
  {
    kind: 'bundle',
    title: '编程起步套装',
    subtitle: '两门课加一次公开课录像',
    category: 'programming',
    listFen: 29_900,
    access: forever,
    parts: [courseId(1), courseId(2), seedProductId(7)],
  },
  {
    kind: 'column',
    title: '好好说话：写作与表达专栏',
    subtitle: '持续更新，买一次，后来的也在内',
    category: 'writing',
    listFen: 9_900,
    access: { kind: 'days', days: 365 },
    parts: [seedProductId(4)],
  },
] as const;

/**
 * Makes the drafts, in the order of their numbers. A bundle comes after its parts. A draft is parsed when it is made,
 * so a start that has all of them does not pay for that.
 */
export const seedProducts: readonly (() => ProductDraft)[] = drafts.map((draft, index) => () => {
  const id = seedProductId(index + 1);
  return ProductDraft.parse({
    summary: `${draft.title}。${draft.subtitle}。`,
    tags: [],
    teacher: '知课编辑部',
    coverUrl: `${MEDIA_DOMAIN}/covers/${id}.svg`,
    ...draft,
    id,
  });
});
