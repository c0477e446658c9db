/** Where people of a laptop's shop talk, and what the shop itself writes: groups, a drop in one of them, articles. */
import { ArticleId, DropId, GroupId } from '../../shared/schemas/base.ts';
import { ArticleDraft } from '../../shared/schemas/talk/article.ts';
import { DropDraft } from '../../shared/schemas/talk/drop.ts';
import { GroupDraft } from '../../shared/schemas/talk/group.ts';
import { MEDIA_DOMAIN } from '../mediaDomain.ts';
import { seedTemplateId } from './coupons.ts';
import { seedProductId } from './products.ts';
import { seedUlid } from './seedUlid.ts';

const courseId = (number: number) => `prd_${seedUlid(number)}`;
const coverOf = (number: number) => `${MEDIA_DOMAIN}/covers/${courseId(number)}.svg`;

/** The id of the seeded group with this number: 1 of the free course, 2 of a course that is sold, 3 open. */
export function seedGroupId(number: number): GroupId {
  return GroupId.parse(`grp_${seedUlid(number)}`);
}

/** The groups, in the order of their numbers. */
export const seedGroups: readonly (() => GroupDraft)[] = [
  {
    kind: 'course',
    productId: courseId(20),
    title: '如何学习·同学群',
    intro: '学完一节，来这里写一句你打算怎么用。提问之前，先合上书想一遍。',
    coverUrl: coverOf(20),
  },
  {
    kind: 'course',
    productId: courseId(8),
    title: 'Git 与团队协作·答疑群',
    intro: '贴命令、贴报错，别贴截图。老师每周三晚上集中回答。',
    coverUrl: coverOf(8),
  },
  {
    kind: 'open',
    productId: null,
    title: '知课读书会',
    intro: '每周读一章，写一段自己的话。谁都可以来。',
    coverUrl: null,
  },
].map(
  (draft, index) => () =>
    GroupDraft.parse({ ...draft, id: seedGroupId(index + 1), teachers: [], assistants: [] }),
);

/** A drop of coupons in the group of the free course. */
export function seedDrop(): DropDraft {
  return DropDraft.parse({
    id: DropId.parse(`drp_${seedUlid(1)}`),
    title: '同学群专享券',
    templateId: seedTemplateId(4),
    count: 100,
    hours: 24,
    audience: { kind: 'group', groupId: seedGroupId(1) },
  });
}

/** The articles. */
export const seedArticles: readonly (() => ArticleDraft)[] = [
  {
    title: '划线不是学习：四个被反复验证的方法',
    summary: '为什么重读让人安心，却记不住？',
    coverUrl: coverOf(20),
    tags: ['学习方法'],
    blocks: [
      {
        kind: 'paragraph',
        text: '划线、重读、抄笔记，都会带来“我会了”的感觉。可惜感觉来自熟悉，而不是记住。',
      },
      { kind: 'heading', text: '四个方法' },
      {
        kind: 'list',
        isNumbered: true,
        items: [
          '提取：合上书，把刚才的内容讲一遍。',
          '间隔：隔一天再想，而不是再看。',
          '交错：两类题混着做。',
          '输出：教给别人。',
        ],
      },
      { kind: 'quote', text: '觉得吃力的那几分钟，才是学习发生的时候。' },
      { kind: 'product', productId: courseId(20) },
    ],
  },
  {
    title: '第一次和别人一起改代码，先约定这三件事',
    summary: '分支、提交说明、谁来合并。',
    coverUrl: coverOf(8),
    tags: ['团队协作', '编程'],
    blocks: [
      {
        kind: 'paragraph',
        text: '冲突很少是 Git 的问题，多半是两个人没有约定好先后。动手之前，先花十分钟说定三件事。',
      },
      { kind: 'heading', text: '一、一个分支做一件事' },
      { kind: 'paragraph', text: '分支名写清楚要做的事。做完就合并，不攒着。' },
      { kind: 'heading', text: '二、提交说明写原因' },
      { kind: 'paragraph', text: '改了什么，看代码就知道；为什么改，只有你知道。' },
      { kind: 'heading', text: '三、合并的人负责通过测试' },
      { kind: 'product', productId: courseId(8) },
    ],
  },
  {
    title: '一封邮件，怎样让人读完第一句就知道要做什么',
    summary: '把最后一句移到最前面。',
    coverUrl: null,
    tags: ['写作'],
    blocks: [
      { kind: 'paragraph', text: '找一封你上周写的邮件，把最后一句移到最前面，看看还剩下多少是必要的。' },
      { kind: 'product', productId: seedProductId(4) },
    ],
  },
].map(
  (draft, index) => () =>
    ArticleDraft.parse({ ...draft, id: ArticleId.parse(`art_${seedUlid(index + 1)}`), isOriginal: true }),
);
